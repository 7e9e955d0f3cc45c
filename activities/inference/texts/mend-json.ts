import { endOfString } from './json-string.ts';

/** JSON text without the slips of models whose meaning is plain: raw control characters in strings, commas before `}` or `]`. */
export function mendJson(source: string): string {
  const parts: string[] = [];
  for (let offset = 0; offset < source.length;) {
    const quote = source.indexOf('"', offset);
    const outside = source.slice(offset, quote === -1 ? undefined : quote);
    parts.push(outside.replaceAll(/,(?=\s*[}\]])/g, ''));
    if (quote === -1) break;
    const end = endOfString(source, quote + 1) ?? source.length;
    parts.push(source.slice(quote, end).replaceAll(CONTROL, escapeOf));
    offset = end;
  }
  return parts.join('');
}

// oxlint-disable-next-line no-control-regex -- these are what it is about
const CONTROL = /[\u0000-\u001f]/g;

function escapeOf(char: string): string {
  return JSON.stringify(char).slice(1, -1);
}
