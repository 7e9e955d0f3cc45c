/** 32 bits of a text: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over its UTF-16 code units. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
