/**
 * Whose a part of a user's table is: the first task instance of a run that wants it, whichever its attempt. It is said beside
 * the part, in `data/tables/<table>/run=<run>/<part>.owner.json`. Durable.
 */
import { parseFields } from '../../../definitions/documents/json-text.ts';
import { getText, type Backend } from '../backend.ts';
import { StoreError } from '../store-error.ts';
import { partOfPath } from './user-tables.ts';

/**
 * Does work that writes a part, as the part's only task. Work that fails before it has written gives the part free, for a task that
 * steps in.
 *
 * @throws StoreError `PART_TAKEN`, before the work; and what the work throws.
 */
export async function withOwnPart<T>(
  backend: Backend,
  path: string,
  task: string,
  work: () => Promise<T>,
): Promise<T> {
  await ownPart(backend, path, task);
  try {
    return await work();
  } catch (error) {
    if ((await backend.stat(path)) === undefined) await backend.delete(ownerFile(path));
    throw error;
  }
}

function ownerFile(path: string): string {
  return path.replace(/\.parquet$/u, '.owner.json');
}

/**
 * Makes a part a task's own before it is written, so that no task of a run replaces what another one wrote; a retry of the same
 * task finds it its own.
 *
 * @param path key of the part.
 * @param task path of the task instance.
 * @throws StoreError `PART_TAKEN`
 */
export async function ownPart(backend: Backend, path: string, task: string): Promise<void> {
  const file = ownerFile(path);
  if (await backend.putIf(file, `${JSON.stringify({ task })}\n`, undefined)) return;
  const owner = parseFields((await getText(backend, file)) ?? '')?.['task'];
  if (owner === task) return;
  const { table, part } = partOfPath(path) ?? { table: path, part: '' };
  throw new StoreError(
    'PART_TAKEN',
    `The task '${task}' would replace what the task '${String(owner)}' of this run writes: the part '${part}' of the table '${table}'. ` +
      "Give each a part of its own with `part`, such as part: 'p${ item }'.",
  );
}
