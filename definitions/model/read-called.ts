/** The one way from a definition to those that it runs, and those that they run. Pure. */
import type { Definition } from './types.ts';
import { callsOf, type HasTasks } from './walk-tasks.ts';

/**
 * The definitions that one runs, directly or through others, by name, in the order found. A circle ends where it began.
 *
 * @param read the definition of a name; undefined where none is to be had: nothing is followed from there.
 */
export async function readCalled(
  definition: HasTasks,
  read: (name: string) => Promise<Definition | undefined>,
): Promise<ReadonlyMap<string, Definition>> {
  const found = new Map<string, Definition>();
  const names = new Set(callsOf(definition));
  // A set goes on over what is added meanwhile.
  for (const name of names) {
    const called = await read(name);
    if (called === undefined) continue;
    found.set(name, called);
    for (const each of callsOf(called)) names.add(each);
  }
  return found;
}
