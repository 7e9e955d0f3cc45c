/** Whatever can move a cursor, colour a terminal, or reorder text: control, bidirectional and other invisible signs. */
const UNSAFE =
  /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]|\p{Cs}|[\u{E0000}-\u{E007F}]/gu;

/**
 * A text of a model or a user that shows nothing but itself: control characters (but line feeds and tabs) and
 * bidirectional or invisible signs become `�`, one for each; carriage returns before a line feed are dropped.
 */
export function neutralise(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (sign) => (sign === '\n' || sign === '\t' ? sign : '\u{FFFD}'));
}

/** The same on one line: line feeds and tabs become spaces. */
export function neutraliseLine(text: string): string {
  return neutralise(text).replace(/[\n\t]+/gu, ' ');
}

/** JSON whose strings show nothing but themselves either: what `neutralise` takes out is written as `\\u…`, so no value changes. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (sign) =>
    sign === '\n'
      ? sign
      : sign
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** A JSON value with every string in it neutralised, keys included. */
export function neutraliseAll<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
    if (typeof item === 'string') return neutralise(item);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, entry]) => [neutralise(key), entry]));
  });
}
