/** Reads the parts of a message that stand between tags such as `<prompt>` and `</prompt>`. */

/**
 * The text inside the first `<tag …>` and the last closing tag that matches it word for word, trimmed;
 * undefined if there is none. A fence in the opening tag (`<answer 7f3a>`) must stand in the closing one too, so that
 * what is inside cannot end it.
 */
export function taggedText(text: string, tag: string): string | undefined {
  const openings = text.matchAll(new RegExp(`<${tag}(\\s[^<>]*)?>`, 'g'));
  for (const opening of openings) {
    const start = opening.index + opening[0].length;
    const end = text.lastIndexOf(`</${tag}${opening[1] ?? ''}>`);
    if (end >= start) return text.slice(start, end).trim();
  }
  return undefined;
}
