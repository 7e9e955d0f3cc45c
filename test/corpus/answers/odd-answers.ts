/** Everything that a model may say, and what must become of it, by rule. */
import type { Cell } from '../../../activities/store/tables.ts';
import { ODD_TEXTS, TEXTS_WITH_BREAKS } from '../imports/import-case.ts';

/** A text, and whether it can be kept at all. */
export interface OddText {
  readonly text: string;
  /** The code of a row that cannot have it. */
  readonly error: 'EMPTY' | 'BROKEN_UNICODE' | null;
}

const halves = ['\uD83D', '\uDE42', 'half \uD83D emoji', '\uDE42\uD83D', 'a\uD83D', '\uDC00b', '🙂\uD83D🙂'];
const controls = Array.from({ length: 32 }, (_, code) => `a${String.fromCharCode(code)}b`);

/** Answers that are texts. */
export function oddTexts(): readonly OddText[] {
  const kept = [
    ...ODD_TEXTS.filter((text) => text.trim() !== ''),
    ...TEXTS_WITH_BREAKS,
    ...controls,
    'x'.repeat(4_000_000),
    '🙂'.repeat(500_000),
    '['.repeat(100_000),
    '{"a":'.repeat(10_000),
    '\u{10FFFF}',
    '\uFFFE\uFFFF',
    '\u007F\u0080\u009F',
    '$& $1 ${x} {{q}} %s \\u0041 &amp; <b>',
    "'; drop table generated; --",
    'a\0b\0',
  ];
  return [
    ...kept.map((text) => ({ text, error: null })),
    ...['', ' ', '\n\t', '\u00A0', '\u2028'].map((text) => ({ text, error: 'EMPTY' as const })),
    ...halves.map((text) => ({ text, error: 'BROKEN_UNICODE' as const })),
  ];
}

/** Column types of the schema below. */
export const ODD_SCHEMA = {
  type: 'object',
  additionalProperties: true,
  required: ['label'],
  properties: {
    label: { type: 'string' },
    n: { type: 'integer' },
    x: { type: 'number' },
    ok: { type: 'boolean' },
    opt: { type: ['string', 'null'] },
    optn: { type: ['integer', 'null'] },
    kind: { enum: ['easy', 'hard', null] },
    level: { enum: [1, 2] },
    fixed: { const: true },
    any: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    mix: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    list: { type: 'array' },
    map: { type: ['object', 'null'] },
    free: {},
  },
} as const;

type Property = keyof (typeof ODD_SCHEMA)['properties'];

/** A property's JSON, and the cell as `sql` gives it: integers beyond 2^53 as digits. */
export interface OddValue {
  readonly property: Property;
  readonly source: string;
  readonly cell?: Cell;
  readonly error?: 'WRONG_FORM' | 'OUT_OF_RANGE' | 'BROKEN_UNICODE' | 'UNPARSABLE';
}

const cells = (property: Property, values: readonly (readonly [source: string, cell: Cell])[]): OddValue[] =>
  values.map(([source, cell]) => ({ property, source, cell }));
const errors = (
  property: Property,
  error: OddValue['error'] & string,
  sources: readonly string[],
): OddValue[] => sources.map((source) => ({ property, source, error }));

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Values of properties, one odd one an answer. */
export function oddValues(): readonly OddValue[] {
  const texts = [...ODD_TEXTS, ...TEXTS_WITH_BREAKS, ...controls, 'x'.repeat(2_000_000), 'a\0b', ''];
  return [
    ...texts.map((text): OddValue => ({ property: 'label', source: JSON.stringify(text), cell: text })),
    ...cells('label', [
      ['"\\ud83d\\ude42"', '🙂'],
      ['"\\u0000"', '\0'],
      ['"<\\/think> \\" \\\\ \\n"', '</think> " \\ \n'],
      ['"write </think> to end"', 'write </think> to end'],
      ['"<think>x</think>"', '<think>x</think>'],
    ]),
    ...errors(
      'label',
      'BROKEN_UNICODE',
      halves.map((text) => JSON.stringify(text)),
    ),
    ...errors('label', 'WRONG_FORM', ['5', 'null', 'true', '["x"]', '{}']),
    ...cells('n', [
      ['0', 0],
      ['-1', -1],
      ['5.0', 5],
      ['1e2', 100],
      ['9007199254740991', 9007199254740991],
      ['9007199254740993', '9007199254740993'],
      ['9007199254740993.0', '9007199254740993'],
      ['-9007199254740993', '-9007199254740993'],
      ['9223372036854775807', '9223372036854775807'],
      ['-9223372036854775808', '-9223372036854775808'],
    ]),
    ...errors('n', 'OUT_OF_RANGE', [
      '9223372036854775808',
      '18446744073709551616',
      '100000000000000000000',
      '-9223372036854775809',
      '1e300',
    ]),
    ...errors('n', 'WRONG_FORM', ['1e400', '-1e400', '0.5', '"5"', 'true', 'null', '[1]']),
    ...errors('n', 'UNPARSABLE', ['NaN', 'Infinity', '0x10', '01', '+1', '1_000', '.5']),
    ...cells('x', [
      ['0.1', 0.1],
      ['1e-320', 1e-320],
      ['1e-400', 0],
      ['9007199254740993.0', 9007199254740992],
      ['1.7976931348623157e308', 1.7976931348623157e308],
      ['123456789012345678901234567890', 1.2345678901234568e29],
      ['5', 5],
      ['1E5', 100000],
    ]),
    ...errors('x', 'WRONG_FORM', ['1e400', '"0.5"', 'null']),
    ...cells('ok', [
      ['true', true],
      ['false', false],
    ]),
    ...errors('ok', 'WRONG_FORM', ['1', '"true"', 'null']),
    ...cells('opt', [
      ['"a"', 'a'],
      ['null', null],
      ['"null"', 'null'],
      ['""', ''],
    ]),
    ...cells('optn', [
      ['null', null],
      ['7', 7],
    ]),
    ...cells('kind', [
      ['"easy"', 'easy'],
      ['null', null],
    ]),
    ...errors('kind', 'WRONG_FORM', ['"other"']),
    ...cells('level', [
      ['2', 2],
      ['2.0', 2],
    ]),
    ...cells('fixed', [['true', true]]),
    ...cells('any', [
      ['"b"', 'b'],
      ['null', null],
    ]),
    ...cells('mix', [
      ['"b"', 'b'],
      ['5', '5'],
      ['9007199254740993', '9007199254740993'],
      ['9007199254740993.0', '9007199254740993'],
    ]),
    ...cells('list', [
      ['[]', '[]'],
      ['[1, "a", null]', '[1,"a",null]'],
      [
        '[9007199254740993, 123456789012345678901234567890]',
        '[9007199254740993,123456789012345678901234567890]',
      ],
      [deep(400), deep(400)],
    ]),
    ...errors('list', 'BROKEN_UNICODE', ['["\\ud83d"]', '[{"\\ud83d": 1}]']),
    ...cells('map', [
      ['null', null],
      ['{"a": {"b": "\\u0000"}}', '{"a":{"b":"\\u0000"}}'],
      ['{"__proto__": 1}', '{"__proto__":1}'],
      ['{"\\\\ud83d": "\\\\ud83d"}', '{"\\\\ud83d":"\\\\ud83d"}'],
    ]),
    ...cells('free', [
      ['"text"', 'text'],
      ['1.5', '1.5'],
      ['true', 'true'],
      ['null', null],
      ['{"a":[]}', '{"a":[]}'],
    ]),
  ];
}

/** Whole answers, and the label in them or the row's error. */
export function oddForms(): readonly (readonly [text: string, label: string | null, error: string | null])[] {
  const fine = '{"label":"fine"}';
  const refused = (error: string, texts: readonly string[]): (readonly [string, null, string])[] =>
    texts.map((text) => [text, null, error]);
  return [
    [`\`\`\`json\n${fine}\n\`\`\``, 'fine', null],
    [`Sure! Here it is:\n\n${fine}\n\nAnything else?`, 'fine', null],
    [`\uFEFF${fine}`, 'fine', null],
    [`\n\n  ${fine}  \n`, 'fine', null],
    ['{"label":"first","label":"fine"}', 'fine', null],
    ['{"label":"fine","extra":1e400,"more":{"deep":[]}}', 'fine', null],
    ['{"label":"fine","__proto__":{"n":5},"constructor":1,"toString":2}', 'fine', null],
    ['{ "label" :\t"fine" }', 'fine', null],
    ['{"l\\u0061bel":"fine"}', 'fine', null],
    ...refused('WRONG_FORM', [
      '{}',
      '{"Label":"fine"}',
      '{"label":["fine"]}',
      '{"n":1}',
      '{"label":"fine","n":{}}',
    ]),
    ...refused('EMPTY', ['', ' \n\t ']),
    ...refused('UNPARSABLE', [
      'null',
      '[]',
      '[1,2]',
      '"fine"',
      'fine',
      'true',
      '{',
      '{"label"',
      '{"label":"fi',
      '{"label":"fine"',
      '{"label":"fine",',
      'label: fine',
      '<label>fine</label>',
      '{label:"fine"}',
      '{"label":"fine" "n":1}',
      '{"label":fine}',
      '\0\0\0',
    ]),
  ];
}

/** The answer that has one odd value. */
export function answerWith({ property, source }: OddValue): string {
  const label = property === 'label' ? [] : ['"label":"fine"'];
  return `{${[...label, `${JSON.stringify(property)}:${source}`].join(',')}}`;
}
