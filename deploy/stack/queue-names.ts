import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isFields } from '../../definitions/documents/fields.ts';

/** Names of the task queues in the project's `configs/queues.yaml`; whether they are right, the worker checks. */
export async function readQueueNames(root: string): Promise<readonly string[]> {
  const file: unknown = parse(await readFile(join(root, 'configs', 'queues.yaml'), 'utf8'));
  return isFields(file) ? Object.keys(file) : [];
}
