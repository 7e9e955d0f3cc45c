/** Offset after the quote that ends the JSON string whose content begins at `from`; undefined if the text ends before. */
export function endOfString(text: string, from: number): number | undefined {
  // A loop: an expression for this runs out of stack on strings of megabytes.
  for (let offset = from; offset < text.length; offset += 1) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  return undefined;
}
