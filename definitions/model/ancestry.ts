/** Which tasks come before which, and what they hand on to those after them. Pure. */
import { needsOf, orderOutsideCycles } from './graph.ts';
import type { Task, Tasks } from './types.ts';

/** Whether the first task needs the second, directly or through others. Where needs have a cycle, all that is told is `true`. */
export type Ancestry = (task: string, other: string) => boolean;

/**
 * A set of bits for every task: what it adds itself, and what those it needs have, as far as that passes on. Costs
 * (tasks + needs) × bits / 32. Tasks in and behind a cycle are left out.
 *
 * @param bits how many there are.
 * @param passes whether what a task needs hands its bits on to it. Default: always.
 */
export function gatherBits(
  tasks: Tasks,
  bits: number,
  own: (name: string, row: Bits) => void,
  passes: (task: Task) => boolean = () => true,
): ReadonlyMap<string, Bits> {
  const rows = new Map<string, Bits>();
  for (const name of orderOutsideCycles(tasks)) {
    const task = tasks[name];
    if (task === undefined) continue;
    const row = new Bits(bits);
    if (passes(task)) for (const needed of needsOf(task)) row.addAll(rows.get(needed));
    own(name, row);
    rows.set(name, row);
  }
  return rows;
}

/** A set of small numbers. */
export class Bits {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  add(bit: number): void {
    const word = bit >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (bit & 31));
  }

  has(bit: number): boolean {
    return (((this.#words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  addAll(other: Bits | undefined): void {
    if (other === undefined) return;
    const [into, from] = [this.#words, other.#words];
    for (let word = 0; word < into.length; word += 1) into[word] = (into[word] ?? 0) | (from[word] ?? 0);
  }
}

/** Asked first when it is first needed: most tasks refer to what they need directly. */
export function ancestryOf(tasks: Tasks): Ancestry {
  let rows: ReadonlyMap<string, Bits> | undefined;
  const position = new Map(Object.keys(tasks).map((name, index) => [name, index]));
  const gather = (): ReadonlyMap<string, Bits> =>
    gatherBits(tasks, position.size, (name, row) => {
      for (const needed of tasks[name]?.needs ?? []) {
        const index = position.get(needed);
        if (index !== undefined) row.add(index);
      }
    });
  return (name, other) => {
    const index = position.get(other);
    if (index === undefined || name === other) return false;
    if (rows === undefined && tasks[name]?.needs?.includes(other) === true) return true;
    rows ??= gather();
    return rows.get(name)?.has(index) ?? true;
  };
}
