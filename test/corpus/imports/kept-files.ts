import {
  encode,
  ENCODINGS,
  ODD_TEXTS,
  TEXTS_WITH_BREAKS,
  type ExpectedRow,
  type ImportCase,
} from './import-case.ts';

const NEWLINES = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

function csvField(text: string, delimiter: string, isAlwaysQuoted: boolean): string {
  const needsQuotes =
    text === '' || text.trim() === '' || [delimiter, '"', '\n', '\r'].some((part) => text.includes(part));
  return isAlwaysQuoted || needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

function csv(
  rows: readonly (readonly string[])[],
  { delimiter = ',', newline = '\n', quoted = false, last = true } = {},
): string {
  const lines = rows.map((row) => row.map((text) => csvField(text, delimiter, quoted)).join(delimiter));
  return lines.join(newline) + (last ? newline : '');
}

const texts = [...ODD_TEXTS, ...TEXTS_WITH_BREAKS];
const table = texts.map((text, index) => ({ id: `n${index}`, prompt: text }));
const asRows = table.map(({ id, prompt }) => [id, prompt]);
const asCsv = [['id', 'prompt'], ...asRows];

function* csvFiles(): Generator<ImportCase> {
  for (const [delimiterName, delimiter] of [
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['pipe', '|'],
  ] as const)
    for (const [newlineName, newline] of Object.entries(NEWLINES))
      for (const quoted of [false, true])
        yield {
          name: `CSV with ${delimiterName}, ${newlineName}, ${quoted ? 'all' : 'only'} needed quotes`,
          file: 'odd.csv',
          bytes: encode(csv(asCsv, { delimiter, newline, quoted, last: !quoted }), 'utf8'),
          expected: { rows: table },
        };
  for (const encoding of ENCODINGS)
    for (const isCompressed of [false, true])
      yield {
        name: `CSV in ${encoding}${isCompressed ? ', compressed' : ''}`,
        file: isCompressed ? 'odd.csv.gz' : 'odd.csv',
        bytes: encode(csv(asCsv), encoding, isCompressed),
        expected: { rows: table },
      };
  yield {
    name: 'TSV',
    file: 'odd.tsv',
    bytes: encode(csv(asCsv, { delimiter: '\t' }), 'utf8'),
    expected: { rows: table },
  };
  for (const text of texts)
    yield {
      name: `CSV of one column with ${JSON.stringify(text)}`,
      file: 'one.csv',
      bytes: encode(csv([['prompt'], ['x'], [text], ['y']], { quoted: text.includes(',') }), 'utf8'),
      expected: { rows: ['x', text, 'y'].map((prompt) => ({ prompt })) },
    };
}

function* mixedBreaks(): Generator<ImportCase> {
  const lines = ['prompt,topic', 'a,1', 'b,2', 'c,3', 'd,4'];
  const rows = lines.slice(1).map((line) => ({ prompt: line[0], topic: line.slice(2) }));
  const breaks = Object.values(NEWLINES);
  for (let shift = 0; shift < 3; shift += 1) {
    const text = lines.map((line, index) => line + (breaks[(index + shift) % 3] ?? '')).join('');
    yield {
      name: `CSV with mixed line ends, from ${shift}`,
      file: 'mixed.csv',
      bytes: encode(text, 'utf8'),
      expected: { rows },
    };
    const objects = rows
      .map((row, index) => JSON.stringify(row) + (breaks[(index + shift) % 3] ?? ''))
      .join('');
    yield {
      name: `JSON lines with mixed line ends, from ${shift}`,
      file: 'mixed.jsonl',
      bytes: encode(objects, 'utf8'),
      expected: { rows },
    };
    const plain = rows.map(({ topic }, index) => topic + (breaks[(index + shift) % 3] ?? '')).join('');
    yield {
      name: `text with mixed line ends, from ${shift}`,
      file: 'mixed.txt',
      bytes: encode(plain, 'utf8'),
      expected: { rows: rows.map(({ topic }) => ({ text: topic })) },
    };
  }
}

function* jsonFiles(): Generator<ImportCase> {
  for (const encoding of ENCODINGS)
    for (const isCompressed of [false, true]) {
      const end = isCompressed ? '.gz' : '';
      const lines = table.map((row) => JSON.stringify(row)).join('\n');
      yield {
        name: `JSON lines in ${encoding}${end}`,
        file: `odd.jsonl${end}`,
        bytes: encode(lines, encoding, isCompressed),
        expected: { rows: table },
      };
      for (const indent of [0, 2])
        yield {
          name: `JSON in ${encoding}${end}, indented by ${indent}`,
          file: `odd.json${end}`,
          bytes: encode(JSON.stringify(table, null, indent), encoding, isCompressed),
          expected: { rows: table },
        };
    }
  const values: readonly (readonly [string, unknown])[] = [
    ['5', 5],
    ['true', true],
    ['false', false],
    ['0.5', 0.5],
    ['1e2', 100],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['9007199254740993.0', 9_007_199_254_740_993n],
    ['123456789012345678901234567890', 123_456_789_012_345_678_901_234_567_890n],
    ['{"a":{"b":[1,"x",null]}}', { a: { b: [1, 'x', null] } }],
    ['["x","y"]', ['x', 'y']],
    ['[]', []],
    ['"a\\u0000b"', 'a\0b'],
    ['"\\ud83d\\ude42"', '🙂'],
    ['"__proto__"', '__proto__'],
  ];
  for (const [source, value] of values) {
    const rows: ExpectedRow[] = [{ prompt: 'A', v: value }, { prompt: 'B', v: 'text' }, { prompt: 'C' }];
    const sources = [`{"prompt":"A","v":${source}}`, '{"prompt":"B","v":"text"}', '{"prompt":"C"}'];
    yield {
      name: `JSON lines with ${source} among texts`,
      file: 'value.jsonl',
      bytes: encode(sources.join('\n'), 'utf8'),
      expected: { rows },
    };
    yield {
      name: `JSON with ${source} among texts`,
      file: 'value.json',
      bytes: encode(`[\n${sources.join(',\n')}\n]`, 'utf8'),
      expected: { rows },
    };
  }
  yield {
    name: 'JSON objects one after another',
    file: 'many.json',
    bytes: encode('{"a":"1"}\n{"a":"2"} {"a":\n"3"}', 'utf8'),
    expected: { rows: [{ a: '1' }, { a: '2' }, { a: '3' }] },
  };
  yield {
    name: 'one JSON object',
    file: 'single.json',
    bytes: encode('{"a":"1"}', 'utf8'),
    expected: { rows: [{ a: '1' }] },
  };
  yield {
    name: 'an empty JSON list',
    file: 'none.json',
    bytes: encode(' [ ] \n', 'utf8'),
    expected: { rows: [] },
  };
  yield {
    name: 'JSON lines with empty lines',
    file: 'gaps.jsonl',
    bytes: encode('\n{"a":"1"}\n\n  \n{"a":"2"}\n\n', 'utf8'),
    expected: { rows: [{ a: '1' }, { a: '2' }] },
  };
  yield {
    name: 'a list of texts',
    file: 'texts.json',
    bytes: encode(JSON.stringify(texts), 'utf8'),
    expected: { rows: texts.map((text) => ({ text })) },
  };
  yield {
    name: 'a text of megabytes',
    file: 'long.jsonl',
    bytes: encode(JSON.stringify({ a: 'x"\n'.repeat(1_000_000) }), 'utf8'),
    expected: { rows: [{ a: 'x"\n'.repeat(1_000_000) }] },
  };
  yield {
    name: 'the same key twice with the same value',
    file: 'same.jsonl',
    bytes: encode('{"a":"1","a":"1"}', 'utf8'),
    expected: { rows: [{ a: '1' }] },
  };
}

function* otherFiles(): Generator<ImportCase> {
  const plain = ODD_TEXTS.filter((text) => text.trim() !== '');
  for (const encoding of ENCODINGS)
    yield {
      name: `text in ${encoding}`,
      file: 'odd.txt',
      bytes: encode(plain.join('\n'), encoding),
      expected: { rows: plain.map((text) => ({ text })) },
    };
  const simple = (name: string, text: string, rows: readonly ExpectedRow[]): ImportCase => ({
    name,
    file: 'odd.csv',
    bytes: encode(text, 'utf8'),
    expected: { rows },
  });
  yield simple('a header alone', 'a,b\n', []);
  yield simple('a header alone without a line end', 'a,b', []);
  yield simple('empty lines before and after', '\n\na,b\n1,2\n\n\n3,4\n\n', [
    { a: '1', b: '2' },
    { a: '3', b: '4' },
  ]);
  yield simple('fields with nothing and with an empty text', 'a,b\n,""\n', [{ b: '' }]);
  yield simple('a column without a name, as pandas writes it', ',a\n0,x\n1,y\n', [
    { column1: '0', a: 'x' },
    { column1: '1', a: 'y' },
  ]);
  yield simple('names with white space around', ' a , b\n1, 2\n', [{ a: '1', b: ' 2' }]);
  yield simple('inches', 'a,b\n5" disk,1\n3.5" and 5" disk,2\n', [
    { a: '5" disk', b: '1' },
    { a: '3.5" and 5" disk', b: '2' },
  ]);
  yield simple("Excel's own first line", 'sep=;\na;b\n1,5;x\n', [{ a: '1,5', b: 'x' }]);
  yield simple('the name of the only column as a text', 'prompt\n"prompt"\n', [{ prompt: 'prompt' }]);
  yield simple('quotes in a text that begins with a blank', 'a,b\n "x" and "y",1\n', [
    { a: ' "x" and "y"', b: '1' },
  ]);
  yield simple('a line break in a quoted name', '"a\n,b";c\n1;2\n', [{ 'a\n,b': '1', c: '2' }]);
  yield simple('an index without a name, with tabs', '\tprompt\n0\tx\n', [{ column1: '0', prompt: 'x' }]);
  yield simple(
    'exports with byte order marks, pasted without their headers',
    'a,b\n\uFEFF1,2\n\uFEFF"x, y",3\n',
    [
      { a: '1', b: '2' },
      { a: 'x, y', b: '3' },
    ],
  );
  yield {
    name: 'texts with byte order marks, pasted',
    file: 'odd.txt',
    bytes: encode('a\n\uFEFFb\n\uFEFF\nc', 'utf8-bom'),
    expected: { rows: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] },
  };
  yield {
    name: "a TSV that names another delimiter on Excel's first line",
    file: 'odd.tsv',
    bytes: encode('sep=;\na;b\n1;2\n', 'utf8'),
    expected: { rows: [{ a: '1', b: '2' }] },
  };
  yield {
    name: 'keys with white space around',
    file: 'odd.jsonl',
    bytes: encode('{" prompt ":"x"}\n{"prompt":"y"}\n', 'utf8'),
    expected: { rows: [{ prompt: 'x' }, { prompt: 'y' }] },
  };
  yield simple('a quoted header', '"a;b","c"\n1;2,3\n', [{ 'a;b': '1;2', c: '3' }]);
  yield simple('a field of megabytes', `a,b\n"${'x\n'.repeat(2_000_000)}",1\n`, [
    { a: 'x\n'.repeat(2_000_000), b: '1' },
  ]);
  yield simple('a quote that ends at the end of the file', 'a\n"x"', [{ a: 'x' }]);
  yield simple(
    'ten thousand columns',
    `${Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',')}\n`,
    [],
  );
}

/** Files whose every row must come out as it was written. */
export function keptFiles(): readonly ImportCase[] {
  return [...csvFiles(), ...mixedBreaks(), ...jsonFiles(), ...otherFiles()];
}
