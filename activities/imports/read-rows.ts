/** Every way that rows of a user's file get into PROSE. Nothing is guessed that could change one: it is kept, or refused by its line. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { isMissing } from '../../definitions/documents/system-error.ts';
import { csvRows } from './csv-rows.ts';
import { ImportError } from './import-error.ts';
import { jsonLineRows, jsonRows } from './json-rows.ts';
import { openText } from './open-text.ts';
import type { ImportedRow, Tally } from './rows.ts';
import { textLines } from './text-lines.ts';

export type FileKind = 'csv' | 'tsv' | 'json' | 'jsonl' | 'text' | 'parquet';

const KINDS: { readonly [extension: string]: FileKind } = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.txt': 'text',
  '.md': 'text',
  '.prompts': 'text',
  '': 'text',
  '.parquet': 'parquet',
};

/** The kind of a file by its name; `.gz` at its end does not count. Throws ImportError `UNKNOWN_KIND`. */
export function kindOfFile(file: string): FileKind {
  const kind = KINDS[extname(file.replace(/\.gz$/i, '')).toLowerCase()];
  if (kind !== undefined) return kind;
  const known = Object.keys(KINDS).filter(Boolean).join(', ');
  throw new ImportError('UNKNOWN_KIND', file, `is of a kind that is not read; those are ${known}`);
}

export interface RowReader {
  /** The rows in the order of the file, once. Throws `ImportError` at the first that cannot be kept as it is. */
  readonly rows: AsyncIterable<ImportedRow>;
  /** Whole once all rows were read. */
  readonly tally: Tally;
  /** Names of the columns as far as they are known without a row; those of a header. */
  readonly header: () => readonly string[];
}

/**
 * Opens a file of any kind but Parquet, which DuckDB reads.
 *
 * @param path absolute, inside the project once all links are followed.
 * @param file as the user named it.
 * @param textColumn the column of a row that is a bare text, as a line of a text file. Default `text`.
 * @throws ImportError `UNKNOWN_KIND`, `FILE_MISSING`, `NOT_A_FILE`
 */
export async function readRows(path: string, file: string, textColumn = 'text'): Promise<RowReader> {
  const kind = kindOfFile(file);
  await assertFile(path, file);
  const tally: Tally = { rows: 0, blankLines: 0 };
  let header: readonly string[] = kind === 'text' ? [textColumn] : [];
  const onColumns = (columns: readonly string[]): void => {
    header = columns;
  };
  const pieces = openText(path, file);
  const readers: { readonly [kind in Exclude<FileKind, 'parquet'>]: () => AsyncIterable<ImportedRow> } = {
    csv: () => csvRows(pieces, file, tally, onColumns),
    tsv: () => csvRows(pieces, file, tally, onColumns, '\t'),
    json: () => jsonRows(pieces, file, tally, textColumn),
    jsonl: () => jsonLineRows(pieces, file, tally, textColumn),
    text: () => lineRows(pieces, file, tally, textColumn),
  };
  if (kind === 'parquet') throw new TypeError('DuckDB reads Parquet files.');
  const rows = readers[kind]();
  return { rows, tally, header: () => header };
}

/** @throws ImportError `FILE_MISSING`, `NOT_A_FILE` */
export async function assertFile(path: string, file: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) throw new ImportError('FILE_MISSING', file, 'does not exist');
    throw error;
  });
  // Opening a pipe would wait for who writes into it.
  if (!found.isFile()) throw new ImportError('NOT_A_FILE', file, 'is no regular file');
}

async function* lineRows(
  pieces: AsyncIterable<string>,
  file: string,
  tally: Tally,
  textColumn: string,
): AsyncGenerator<ImportedRow> {
  for await (const { text, line } of textLines(pieces, file)) {
    if (text.trim() === '') {
      tally.blankLines += 1;
      continue;
    }
    tally.rows += 1;
    yield { line, cells: new Map([[textColumn, text]]) };
  }
}
