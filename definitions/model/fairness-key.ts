/** Temporal's limit, in bytes of UTF-8. */
const MAX_BYTES = 64;

/** Whether Temporal takes a text as a fairness key. Pure; runs in the workflow sandbox, which has no `Buffer`. */
export function isFairnessKey(text: string): boolean {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes > 0 && bytes <= MAX_BYTES;
}
