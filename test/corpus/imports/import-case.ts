/** An odd file and what must become of it, written down by rule: by who writes the file, not by who reads it. */
import { gzipSync } from 'node:zlib';

export type ExpectedRow = { readonly [column: string]: unknown };

export interface ImportCase {
  readonly name: string;
  /** Name of the file, whose end says its kind. */
  readonly file: string;
  readonly bytes: Buffer;
  /** All rows exactly as they were written, or the refusal. */
  readonly expected:
    | { readonly rows: readonly ExpectedRow[] }
    | { readonly code: string; /** Undefined: of the whole file. */ readonly line?: number };
}

export const ENCODINGS = ['utf8', 'utf8-bom', 'utf16le', 'utf16be'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A text as the bytes of a file. */
export function encode(text: string, encoding: Encoding, isCompressed = false): Buffer {
  const plain = {
    utf8: () => Buffer.from(text),
    'utf8-bom': () => Buffer.from(`\uFEFF${text}`),
    utf16le: () => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    utf16be: () => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  }[encoding]();
  return isCompressed ? gzipSync(plain) : plain;
}

/** Texts that readers like to change. */
export const ODD_TEXTS: readonly string[] = [
  'plain',
  'a; b; c',
  'one, two, three',
  'tab\there',
  'a|b|c',
  'say "hi"',
  '"',
  '""',
  '  spaces around  ',
  ' ',
  '#not a comment',
  '// nor this',
  '007',
  '1.50',
  '1e3',
  '+5',
  '-0',
  '9007199254740993',
  '123456789012345678901234567890',
  'null',
  'NULL',
  'NaN',
  'Infinity',
  'true',
  'TRUE',
  '2024-02-30',
  '01/02/2024',
  '=1+1',
  '\\N',
  'back\\slash \\" quote',
  '{"a": 1}',
  '[1, 2]',
  "it's",
  '🙂 emoji 👩‍👩‍👧',
  'e\u0301 combining',
  '中文，没有空格。',
  'שלום العربية',
  'line\u2028separator',
  'nbsp\u00A0inside',
  'a\uFEFFb',
  '\u0001 control \u001B[31m',
  '$1 $& {{x}} ${y}',
  '\uFFFD was there before',
];

/** Texts that only quotes, or JSON, can hold in one row. */
export const TEXTS_WITH_BREAKS: readonly string[] = [
  'line\nbreak',
  'two\r\nlines',
  'old\rmac',
  'a\n\nb',
  '\nfirst',
  'last\n',
];
