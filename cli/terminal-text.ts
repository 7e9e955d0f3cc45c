/**
 * Text of models and files made safe for a terminal: control characters, which could move the cursor, hide or forge
 * output, become their visible pictures (U+2400 …) and direction overrides U+FFFD. Line feeds and tabs stay.
 */
export function neutralise(text: string): string {
  return text
    .replace(/\r\n/gu, '\n')
    .replace(/[\0-\x08\x0b-\x1f]/gu, (character) => String.fromCharCode(0x2400 + character.charCodeAt(0)))
    .replace(/\x7f/gu, '\u2421')
    .replace(/[\x80-\x9f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The same on one line: line feeds and tabs become spaces. */
export function neutraliseLine(text: string): string {
  return neutralise(text).replace(/[\n\t]+/gu, ' ');
}
