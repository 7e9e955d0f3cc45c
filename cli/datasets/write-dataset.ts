/** A training set as a folder of files that other tools read: whole, or not there. */
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDatabase, quote, quoteName, type Database } from '../../activities/store/duckdb/database.ts';
import type { Fields } from '../../definitions/documents/fields.ts';
import { describeHubSet, type SplitFile } from './hub-card.ts';
import type { DatasetForm } from './target.ts';
import type { TrainingSet } from './training-set.ts';

/** Types of the columns that a training set may have, by name. */
const MESSAGES = 'STRUCT("role" VARCHAR, "content" VARCHAR)[]';
const COLUMN_TYPES: { readonly [field: string]: string } = {
  prompt: MESSAGES,
  completion: MESSAGES,
  chosen: MESSAGES,
  rejected: MESSAGES,
  messages: MESSAGES,
  topic: 'VARCHAR',
  probability: 'DOUBLE',
  weight: 'DOUBLE',
  score: 'DOUBLE',
};
/** DuckDB's own bound on a row of JSON, in bytes. */
const USUAL_ROW_BYTES = 2 ** 24;

/**
 * Writes the files and the card that names them.
 * @param folder absolute; not there, or empty.
 * @returns the files, as the card names them.
 */
export async function writeDataset(
  set: TrainingSet,
  form: DatasetForm,
  folder: string,
): Promise<readonly SplitFile[]> {
  const making = `${folder}.${process.pid}.part`;
  const splits = (['train', 'validation'] as const).filter((split) => set[split].length > 0);
  const files = splits.map((split) => ({ split, path: pathOf(split, form), rows: set[split].length }));
  try {
    for (const { split, path } of files) {
      const file = join(making, path);
      await mkdir(dirname(file), { recursive: true });
      if (form === 'jsonl') await writeFile(file, toLines(set[split]));
      else await writeParquet(making, file, set[split]);
    }
    await writeFile(join(making, 'README.md'), describeHubSet(set, files));
    await rmdir(folder).catch(() => {});
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return files;
}

/** A hub's own layout names a split and its part; both forms are found by the card. */
function pathOf(split: string, form: DatasetForm): string {
  return form === 'hub' ? `data/${split}-00000-of-00001.parquet` : `${split}.${form}`;
}

function toLines(rows: readonly Fields[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function writeParquet(making: string, file: string, rows: readonly Fields[]): Promise<void> {
  const lines = `${file}.jsonl`;
  await writeFile(lines, toLines(rows));
  const database = await openDatabase(making);
  try {
    await copyToParquet(database, lines, file, rows);
  } finally {
    database.close();
    await rm(lines);
    await rm(join(making, 'data', '.duckdb'), { recursive: true, force: true });
  }
}

async function copyToParquet(
  database: Database,
  lines: string,
  file: string,
  rows: readonly Fields[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).map(
    (field) => `${quoteName(field)}: ${quote(COLUMN_TYPES[field] ?? 'VARCHAR')}`,
  );
  const longest = rows.reduce((most, row) => Math.max(most, Buffer.byteLength(JSON.stringify(row))), 0);
  const bound = Math.max(USUAL_ROW_BYTES, longest + 1);
  await database.withConnection(async (connection) => {
    const read = `read_json(${quote(lines)}, format = 'newline_delimited', maximum_object_size = ${bound}, columns = {${columns.join(', ')}})`;
    await connection.run(
      `copy (from ${read}) to ${quote(file)} (format parquet, compression zstd, use_tmp_file false)`,
    );
  });
}
