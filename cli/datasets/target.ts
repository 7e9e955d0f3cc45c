/** Where a training set is written to, and in which form. */
import { readdir } from 'node:fs/promises';
import { wrongInput } from '../cli-error.ts';

export const DATASET_FORMS = ['hub', 'parquet', 'jsonl'] as const;
export type DatasetForm = (typeof DATASET_FORMS)[number];

/** Throws `CliError` `WRONG_INPUT` for a file, and for a folder that has something in it. */
export async function assertFree(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR')
      throw wrongInput(`${folder} is a file; name a folder that is not there yet`);
    throw error;
  });
  if (names.length > 0)
    throw wrongInput(`${folder} has something in it; name a folder that is not there yet, or an empty one`);
}
