import { endOfString } from './json-string.ts';

/** JSON text without the slips of models whose meaning is plain: raw control characters in strings, commas before `}` or `]`. */
export function mendJson(source: string): string {
  return mend(
    source,
    (outside) => outside.replaceAll(/,(?=\s*[}\]])/g, ''),
    (string) => string.replaceAll(CONTROL, escapeOf),
  );
}

/** JSON text of Python, whose floats may be none of JSON: for infinite ones there is a largest number, and for `NaN` null. */
export function mendFloats(source: string): string {
  return mend(
    source,
    (outside) =>
      outside.replaceAll(/(-?)\bInfinity\b|\bNaN\b/g, (found, sign: string | undefined) =>
        found === 'NaN' ? 'null' : `${sign ?? ''}1e308`,
      ),
    (string) => string,
  );
}

/** Changes what stands outside of strings, and the strings. */
function mend(
  source: string,
  outsideOf: (outside: string) => string,
  stringOf: (string: string) => string,
): string {
  const parts: string[] = [];
  for (let offset = 0; offset < source.length;) {
    const quote = source.indexOf('"', offset);
    const outside = source.slice(offset, quote === -1 ? undefined : quote);
    parts.push(outsideOf(outside));
    if (quote === -1) break;
    const end = endOfString(source, quote + 1) ?? source.length;
    parts.push(stringOf(source.slice(quote, end)));
    offset = end;
  }
  return parts.join('');
}

// oxlint-disable-next-line no-control-regex -- these are what it is about
const CONTROL = /[\u0000-\u001f]/g;

function escapeOf(char: string): string {
  return JSON.stringify(char).slice(1, -1);
}
