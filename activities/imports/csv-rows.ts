import { csvRecords, type CsvRecord } from './csv-records.ts';
import { ImportError } from './import-error.ts';
import type { ImportedRow, Tally } from './rows.ts';

/** In which order a header's delimiter is looked for. */
const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Excel's own way to name it, on a first line of its own. */
const NAMED_DELIMITER = /^\uFEFF?"?sep=(.)"?$/i;
/** In characters; beyond it the delimiter is that of what was read. */
const LONGEST_HEADER = 1_000_000;

interface Header {
  readonly names: readonly string[];
  /** The names as SQL tells them apart. */
  readonly known: ReadonlySet<string>;
  readonly isQuoted: boolean;
}

/**
 * The rows of a CSV or TSV text, whose first line has the names of the columns. A field without anything, not in quotes, has no
 * value; every other is a text as it stands. Column names lose the white space around them.
 *
 * @param usualDelimiter where the file does not name its own; default: found from the header alone, so that no row can change it.
 * @throws ImportError `EMPTY_FILE`, `AMBIGUOUS_DELIMITER`, `DUPLICATE_COLUMN`, `REPEATED_HEADER`, `WRONG_FIELD_COUNT`, and those
 * of `csvRecords`.
 */
export async function* csvRows(
  pieces: AsyncIterable<string>,
  file: string,
  tally: Tally,
  onColumns: (columns: readonly string[]) => void,
  usualDelimiter?: string,
): AsyncGenerator<ImportedRow> {
  const { head, all } = await peekHeader(pieces);
  const named = NAMED_DELIMITER.exec(firstLine(head))?.[1];
  const delimiter = named ?? usualDelimiter ?? findDelimiter(firstLine(withoutQuoted(head)), file);
  let header: Header | undefined;
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
    if (header === undefined) {
      header = headerOf(record, file);
      onColumns(header.names);
      continue;
    }
    assertRow(record, header, delimiter, file);
    const { names } = header;
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
  if (header === undefined) throw new ImportError('EMPTY_FILE', file, 'is empty: it has no header');
}

/** What holds the header, quoted line breaks in it included, and all pieces from the beginning. */
async function peekHeader(
  pieces: AsyncIterable<string>,
): Promise<{ readonly head: string; readonly all: AsyncIterable<string> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head = '';
  let next = await iterator.next();
  while (next.done !== true) {
    head += next.value;
    if (head.length > LONGEST_HEADER || /[^\r\n][\r\n]/.test(withoutQuoted(head))) break;
    next = await iterator.next();
  }
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
  return { head, all: all() };
}

/** The first line that is not blank. */
function firstLine(text: string): string {
  return text.split(/[\r\n]+/, 100).find((line) => line.trim() !== '') ?? '';
}

/** A text with nothing between its quotes. */
function withoutQuoted(text: string): string {
  return text.replaceAll(/"[^"]*"?/g, '""');
}

function findDelimiter(header: string, file: string): string {
  const found = DELIMITERS.filter((delimiter) => header.includes(delimiter));
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

function headerOf({ fields, line }: CsvRecord, file: string): Header {
  const names = fields.map(({ text }, index) => text.trim() || `column${index + 1}`);
  assertDifferent(names, file, line);
  const known = new Set(names.map((name) => name.toLowerCase()));
  return { names, known, isQuoted: fields.every(({ isQuoted }) => isQuoted) };
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

function assertRow(record: CsvRecord, header: Header, delimiter: string, file: string): void {
  const { fields, line } = record;
  if (isHeaderAgain(fields, header)) {
    const what =
      'is the header again: two files were pasted together; take the line out if their columns are the same and in the same order';
    throw new ImportError('REPEATED_HEADER', file, what, { line });
  }
  if (fields.length === header.names.length) return;
  const startsAgain = fields.some(({ text }) => header.known.has(text.trim().toLowerCase()));
  const advice = startsAgain
    ? 'it looks like the header of another file: keep the two files apart'
    : `a field with ${JSON.stringify(delimiter)} or a line break in it is written in quotes`;
  const counts = `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'} where the header has ${header.names.length}`;
  throw new ImportError('WRONG_FIELD_COUNT', file, `${counts}; ${advice}`, { line });
}

/** Whether the names of all columns stand there, in any order. A single one may be a text, if it is written otherwise than the header. */
function isHeaderAgain(fields: CsvRecord['fields'], { names, known, isQuoted }: Header): boolean {
  if (fields.length !== names.length) return false;
  const found = new Set<string>();
  for (const { text } of fields) {
    const name = text.trim().toLowerCase();
    // Of almost every row that is plain from its first field.
    if (!known.has(name)) return false;
    found.add(name);
  }
  if (found.size < known.size) return false;
  return names.length > 1 || fields[0]?.isQuoted === isQuoted;
}
