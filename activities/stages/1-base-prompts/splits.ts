import type { Split } from '../../../configs/settings/types.ts';
import { createRandom, shuffle } from '../../randomness/random.ts';

const order: readonly Split[] = ['train', 'test', 'select', 'gate'];

/**
 * Gives every topic family a split, so that no topic is on both sides of a comparison. Shares are kept by largest
 * remainder; every split with a share above zero gets at least one topic while there are topics enough.
 * @param shares share of topics per split; they sum to 1
 * @param known topics whose split is settled: they keep it, and the others even the shares out as far as they can.
 */
export function assignSplits(
  topics: readonly string[],
  shares: { readonly [split in Split]: number },
  seed: number,
  known: ReadonlyMap<string, Split> = new Map(),
): Map<string, Split> {
  const wanted = order.filter((split) => shares[split] > 0);
  const counts = new Map(wanted.map((split) => [split, Math.floor(shares[split] * topics.length)]));
  const remainder = (split: Split): number => shares[split] * topics.length - (counts.get(split) ?? 0);
  while (sum(counts) < topics.length) {
    const split = wanted.reduce((best, other) => (remainder(other) > remainder(best) ? other : best));
    counts.set(split, (counts.get(split) ?? 0) + 1);
  }
  for (const split of wanted.slice(0, topics.length)) {
    if (counts.get(split) === 0) {
      const largest = wanted.reduce((best, other) =>
        (counts.get(other) ?? 0) > (counts.get(best) ?? 0) ? other : best,
      );
      counts.set(largest, (counts.get(largest) ?? 0) - 1);
      counts.set(split, 1);
    }
  }
  const settled = topics.flatMap((topic) => {
    const split = known.get(topic);
    return split === undefined ? [] : [[topic, split] as const];
  });
  for (const [, split] of settled) counts.set(split, (counts.get(split) ?? 0) - 1);
  const open = shuffle(
    topics.filter((topic) => !known.has(topic)),
    createRandom(seed),
  );
  const room = makeFit(counts, open.length);
  return new Map([
    ...settled,
    ...wanted.flatMap((split) =>
      open.splice(0, room.get(split) ?? 0).map((topic) => [topic, split] as const),
    ),
  ]);
}

/** Takes `count` places, one by one, from the split that has the most left; a split below zero has none. */
function makeFit(left: ReadonlyMap<Split, number>, count: number): Map<Split, number> {
  const room = new Map(left);
  const given = new Map<Split, number>();
  for (let place = 0; place < count; place += 1) {
    const [split] = [...room].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
    room.set(split, (room.get(split) ?? 0) - 1);
    given.set(split, (given.get(split) ?? 0) + 1);
  }
  return given;
}

function sum(counts: ReadonlyMap<Split, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
