import { gzipSync } from 'node:zlib';
import { encode, type ImportCase } from './import-case.ts';

/** Rows of a CSV of two columns; line 1 is its header. */
const LINES = ['prompt,topic', 'a,1', 'b,2', 'c,3', 'd,4', 'e,5'];
const OBJECTS = ['a', 'b', 'c', 'd', 'e'].map((prompt, index) => `{"prompt":"${prompt}","topic":"${index}"}`);

/** Something that breaks a row, and the code it is refused by. */
const BROKEN_CSV_ROWS: readonly (readonly [what: string, row: string, code: string])[] = [
  ['a field too many', 'x,y,z', 'WRONG_FIELD_COUNT'],
  ['a field too few', 'x', 'WRONG_FIELD_COUNT'],
  ['a comma that nobody quoted', 'Hello, world,t', 'WRONG_FIELD_COUNT'],
  ['the header again', 'prompt,topic', 'REPEATED_HEADER'],
  ['the header again in capitals', 'PROMPT, Topic', 'REPEATED_HEADER'],
  ['the header again with a byte order mark', '\uFEFFprompt,topic', 'REPEATED_HEADER'],
  ['the header again in quotes', '"prompt","topic"', 'REPEATED_HEADER'],
  ['the header again in another order', 'topic,prompt', 'REPEATED_HEADER'],
  ['another header', 'prompt,topic,source', 'WRONG_FIELD_COUNT'],
  ['text after a quote', '"A 5" disk",t', 'BAD_QUOTES'],
  ['a space after a quote', '"A" ,t', 'BAD_QUOTES'],
  ['a space before a quote', 'A, "t"', 'BAD_QUOTES'],
  ['spaces around quotes in quotes', ' "A ""5""" ,t', 'BAD_QUOTES'],
  ['a NUL character', 'x\0y,t', 'NUL_CHARACTER'],
  ['semicolons', 'x;t', 'WRONG_FIELD_COUNT'],
];

const BROKEN_OBJECTS: readonly (readonly [what: string, row: string, code: string])[] = [
  ['a number', '5', 'NOT_A_ROW'],
  ['a list', '["x"]', 'NOT_A_ROW'],
  ['null', 'null', 'NOT_A_ROW'],
  ['a truth value', 'true', 'NOT_A_ROW'],
  ['a text among objects', '"x"', 'NOT_A_ROW'],
  ['a key twice', '{"prompt":"x","prompt":"y"}', 'DUPLICATE_KEY'],
  ['a key twice, deep', '{"prompt":"x","m":{"k":1,"k":2}}', 'DUPLICATE_KEY'],
  ['a key in another case', '{"Prompt":"x"}', 'DUPLICATE_COLUMN'],
  ['a key without a name', '{"":"x"}', 'UNNAMED_COLUMN'],
  ['a key of white space', '{"prompt":"x"," ":"y"}', 'UNNAMED_COLUMN'],
  ['a key twice but for white space', '{"prompt":"x","prompt ":"y"}', 'DUPLICATE_COLUMN'],
  ['half of a surrogate pair', '{"prompt":"\\ud83d"}', 'BROKEN_UNICODE'],
  ['half of a surrogate pair in a key', '{"\\udc00":"x"}', 'BROKEN_UNICODE'],
  ['single quotes', "{'prompt':'x'}", 'NOT_JSON'],
  ['NaN', '{"prompt":NaN}', 'NOT_JSON'],
  ['a comma too many', '{"prompt":"x",}', 'NOT_JSON'],
  ['a bad escape', '{"prompt":"\\x"}', 'NOT_JSON'],
  ['a leading zero', '{"prompt":01}', 'NOT_JSON'],
];
const ONLY_LINES: readonly (readonly [what: string, row: string, code: string])[] = [
  ['an object that is cut off', '{"prompt":"x"', 'NOT_JSON'],
  ['two objects in one line', '{"prompt":"x"}{"prompt":"y"}', 'NOT_JSON'],
  ['a comma after the object', '{"prompt":"x"},', 'NOT_JSON'],
  ['no JSON', 'hello', 'NOT_JSON'],
  ['a CSV', 'prompt,topic', 'NOT_JSON'],
  ['an object a thousand deep', `{"prompt":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'NESTED_TOO_DEEPLY'],
  ['an object a million deep', '{"a":'.repeat(1_000_000), 'NESTED_TOO_DEEPLY'],
];

function withRow(lines: readonly string[], row: string, index: number): readonly string[] {
  return [...lines.slice(0, index), row, ...lines.slice(index)];
}

function* brokenRows(): Generator<ImportCase> {
  for (const [what, row, code] of BROKEN_CSV_ROWS)
    for (const index of [1, 3, LINES.length])
      for (const newline of ['\n', '\r\n'])
        yield {
          name: `CSV with ${what} in line ${index + 1}, ${JSON.stringify(newline)}`,
          file: 'broken.csv',
          bytes: encode(withRow(LINES, row, index).join(newline), 'utf8'),
          expected: { code, line: index + 1 },
        };
  for (const [what, row, code] of [...BROKEN_OBJECTS, ...ONLY_LINES])
    for (const index of [1, OBJECTS.length])
      yield {
        name: `JSON lines with ${what} in line ${index + 1}`,
        file: 'broken.jsonl',
        bytes: encode(withRow(OBJECTS, row, index).join('\n'), 'utf8'),
        expected: { code, line: index + 1 },
      };
  for (const [what, row, code] of BROKEN_OBJECTS)
    yield {
      name: `JSON with ${what}`,
      file: 'broken.json',
      bytes: encode(`[\n${withRow(OBJECTS, row, 2).join(',\n')}\n]`, 'utf8'),
      expected: { code, line: 4 },
    };
}

function* brokenFiles(): Generator<ImportCase> {
  const refused = (
    name: string,
    file: string,
    bytes: Buffer | string,
    code: string,
    line?: number,
  ): ImportCase => ({
    name,
    file,
    bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
    expected: { code, ...(line !== undefined && { line }) },
  });
  for (const kind of ['csv', 'jsonl', 'txt']) {
    const lines = kind === 'csv' ? LINES : kind === 'jsonl' ? OBJECTS : ['a', 'b', 'c', 'd', 'e'];
    for (const [index, line] of [...lines.entries()].slice(1)) {
      const latin1 = withRow(lines, line.replace(/[a-e]/, 'Caf\xE9'), index).join('\n');
      yield refused(
        `${kind} in Latin-1 from line ${index + 1}`,
        `latin.${kind}`,
        Buffer.from(latin1, 'latin1'),
        'WRONG_ENCODING',
        index + 1,
      );
    }
    const text = lines.join('\n');
    yield refused(
      `${kind} in UTF-16 without a mark`,
      `bare.${kind}`,
      Buffer.from(text, 'utf16le'),
      'NUL_CHARACTER',
      1,
    );
    yield refused(
      `${kind} in UTF-32`,
      `wide.${kind}`,
      Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]),
      'WRONG_ENCODING',
    );
    yield refused(
      `${kind} that ends within a character`,
      `cut.${kind}`,
      Buffer.from(`${text}\n🙂`).subarray(0, -2),
      'WRONG_ENCODING',
      lines.length + 1,
    );
    yield refused(
      `${kind} with half a pair in UTF-16`,
      `half.${kind}`,
      Buffer.from([0xff, 0xfe, 0x61, 0, 0x0a, 0, 0, 0xd8, 0x61, 0]),
      'WRONG_ENCODING',
      2,
    );
    yield refused(
      `${kind} that is compressed and cut off`,
      `cut.${kind}.gz`,
      gzipSync(Buffer.from(`${lines[0]}${`\n${lines[1]}`.repeat(1000)}`)).subarray(0, -10),
      'BAD_COMPRESSION',
    );
  }
  yield refused('an empty CSV', 'none.csv', '', 'EMPTY_FILE');
  yield refused('a CSV of empty lines', 'blank.csv', '\n\n  \n', 'EMPTY_FILE');
  yield refused('an empty JSON', 'none.json', '', 'EMPTY_FILE');
  yield refused(
    'a quote that is never closed',
    'open.csv',
    'prompt,topic\na,1\n"b,2\nc,3\nd,4\n',
    'UNCLOSED_QUOTE',
    3,
  );
  yield refused('two columns of one name', 'twice.csv', 'prompt,prompt\na,b\n', 'DUPLICATE_COLUMN', 1);
  yield refused(
    'two columns of one name but for its case',
    'twice.csv',
    'prompt, Prompt \na,b\n',
    'DUPLICATE_COLUMN',
    1,
  );
  yield refused('a quoted header again', 'quoted.csv', '"prompt"\n"a"\n"prompt"\n', 'REPEATED_HEADER', 3);
  yield refused(
    'a header with two delimiters',
    'rivals.csv',
    'prompt;a,b\n1;2,3\n',
    'AMBIGUOUS_DELIMITER',
    1,
  );
  yield refused(
    'a CSV of one column with commas',
    'loose.csv',
    'prompt\nHello, world\n',
    'WRONG_FIELD_COUNT',
    2,
  );
  yield refused('a list without its end', 'open.json', '[{"a":1},\n{"a":2}', 'NOT_JSON', 2);
  yield refused('a list with a comma at its end', 'comma.json', '[{"a":1},\n]', 'NOT_JSON', 2);
  yield refused('a list without a comma', 'lacks.json', '[{"a":1}\n{"a":2}]', 'NOT_JSON', 2);
  yield refused('something after the list', 'after.json', '[{"a":1}]\n[{"a":2}]', 'NOT_JSON', 2);
  yield refused('an object without its end', 'open.json', '{"a":\n1', 'NOT_JSON', 1);
  yield refused('a number as JSON', 'number.json', '5', 'NOT_A_ROW', 1);
  yield refused('a spreadsheet', 'book.xlsx', 'PK', 'UNKNOWN_KIND');
  yield refused(
    'what says gzip and is none',
    'not.csv.gz',
    Buffer.from([0x1f, 0x8b, 1, 2, 3]),
    'BAD_COMPRESSION',
  );
}

/** Files that must be refused, by the line where they go wrong. */
export function refusedFiles(): readonly ImportCase[] {
  return [...brokenRows(), ...brokenFiles()];
}
