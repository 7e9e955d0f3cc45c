import { csvRecords, type CsvRecord } from './csv-records.ts';
import { ImportError } from './import-error.ts';
import type { ImportedRow, Tally } from './rows.ts';

/** In which order a header's delimiter is looked for. */
const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Excel's own way to name it, on a first line of its own. */
const NAMED_DELIMITER = /^"?sep=(.)"?$/i;

/**
 * The rows of a CSV or TSV text, whose first line has the names of the columns. A field without anything, not in quotes, has no
 * value; every other is a text as it stands. Column names lose the white space around them.
 *
 * @param fixedDelimiter default: found from the header alone, so that no row can change it.
 * @throws ImportError `EMPTY_FILE`, `AMBIGUOUS_DELIMITER`, `DUPLICATE_COLUMN`, `REPEATED_HEADER`, `WRONG_FIELD_COUNT`, and those
 * of `csvRecords`.
 */
export async function* csvRows(
  pieces: AsyncIterable<string>,
  file: string,
  tally: Tally,
  onColumns: (columns: readonly string[]) => void,
  fixedDelimiter?: string,
): AsyncGenerator<ImportedRow> {
  const { first, all } = await peekFirstLine(pieces);
  const named = NAMED_DELIMITER.exec(first)?.[1];
  const delimiter = fixedDelimiter ?? named ?? findDelimiter(first, file);
  let columns: readonly string[] | undefined;
  let isHint = named !== undefined;
  for await (const record of csvRecords(all, delimiter, file)) {
    if (isBlank(record)) {
      // In a file of one column a blank line between rows is still none: nobody wrote a value.
      tally.blankLines += 1;
      continue;
    }
    if (isHint) {
      isHint = false;
      continue;
    }
    if (columns === undefined) {
      columns = columnNames(record, file);
      onColumns(columns);
      continue;
    }
    assertRow(record, columns, delimiter, file);
    const names = columns;
    tally.rows += 1;
    yield {
      line: record.line,
      cells: new Map(
        record.fields.flatMap(({ text, isQuoted }, index) =>
          text === '' && !isQuoted ? [] : [[names[index] ?? '', text] as const],
        ),
      ),
    };
  }
  if (columns === undefined) throw new ImportError('EMPTY_FILE', file, 'is empty: it has no header');
}

/** The first line that is not blank, and all pieces from the beginning. */
async function peekFirstLine(
  pieces: AsyncIterable<string>,
): Promise<{ readonly first: string; readonly all: AsyncIterable<string> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head = '';
  let next = await iterator.next();
  while (next.done !== true) {
    head += next.value;
    if (/[^\r\n][\r\n]/.test(head)) break;
    next = await iterator.next();
  }
  const first = head.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  async function* all(): AsyncGenerator<string> {
    try {
      yield head;
      if (next.done === true) return;
      for (let piece = await iterator.next(); piece.done !== true; piece = await iterator.next())
        yield piece.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { first, all: all() };
}

function findDelimiter(header: string, file: string): string {
  const bare = header.replaceAll(/"(?:[^"]|"")*"?/g, '');
  const found = DELIMITERS.filter((delimiter) => bare.includes(delimiter));
  const rivals = found.filter((delimiter) => delimiter !== '|');
  if (rivals.length > 1) {
    const what = `is a header with ${rivals.map((rival) => JSON.stringify(rival)).join(' and ')} in it; write the names that have one in quotes`;
    throw new ImportError('AMBIGUOUS_DELIMITER', file, what, { line: 1 });
  }
  return found[0] ?? ',';
}

function isBlank({ fields: [first, ...others] }: CsvRecord): boolean {
  return first !== undefined && others.length === 0 && first.text.trim() === '' && !first.isQuoted;
}

function columnNames({ fields, line }: CsvRecord, file: string): readonly string[] {
  const names = fields.map(({ text }, index) => nameOf(text) || `column${index + 1}`);
  assertDifferent(names, file, line);
  return names;
}

/** @throws ImportError `DUPLICATE_COLUMN`: SQL does not tell small letters from large ones. */
function assertDifferent(names: readonly string[], file: string, line: number): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      const what = `has two columns of one name, '${twin}' and '${name}'; rename one`;
      throw new ImportError('DUPLICATE_COLUMN', file, what, { line });
    }
    seen.set(name.toLowerCase(), name);
  }
}

/** Without the byte order mark that a second export brings with it. */
function nameOf(text: string): string {
  return text.replace(/^\uFEFF/, '').trim();
}

function assertRow(record: CsvRecord, columns: readonly string[], delimiter: string, file: string): void {
  const { fields, line } = record;
  const isHeader = fields.every(({ text, isQuoted }, index) => {
    const name = columns[index];
    return !isQuoted && name !== undefined && nameOf(text).toLowerCase() === name.toLowerCase();
  });
  if (isHeader && fields.length === columns.length) {
    const what =
      'is the header again: two files were pasted together; take the line out if their columns are the same';
    throw new ImportError('REPEATED_HEADER', file, what, { line });
  }
  if (fields.length === columns.length) return;
  const startsAgain = fields.some(({ text }) =>
    columns.some((name) => name.toLowerCase() === nameOf(text).toLowerCase()),
  );
  const advice = startsAgain
    ? 'it looks like the header of another file: keep the two files apart'
    : `a field with ${JSON.stringify(delimiter)} or a line break in it is written in quotes`;
  const counts = `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where the header has ${columns.length}`;
  throw new ImportError('WRONG_FIELD_COUNT', file, `${counts}; ${advice}`, { line });
}
