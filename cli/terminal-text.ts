/**
 * Text of models and files made safe for a terminal: control characters, which could move the cursor, hide or forge
 * output, become their visible pictures (U+2400 …) and direction overrides U+FFFD. Line feeds and tabs stay.
 */
export function neutralise(text: string): string {
  return text
    .replace(/\r\n/gu, '\n')
    .replace(/\p{Cc}/gu, picture)
    .replace(/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '\ufffd');
}

function picture(character: string): string {
  if (character === '\n' || character === '\t') return character;
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** The same on one line: line feeds and tabs become spaces. */
export function neutraliseLine(text: string): string {
  return neutralise(text).replace(/[\n\t]+/gu, ' ');
}
