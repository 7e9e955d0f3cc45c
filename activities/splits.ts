import type { Split } from '../configs/types.ts';
import { createRandom, shuffle } from './statistics/random.ts';

const order: readonly Split[] = ['train', 'test', 'select', 'gate'];

/**
 * Gives every topic family a split, so that no topic is on both sides of a comparison. Shares are kept by largest
 * remainder; every split with a share above zero gets at least one topic while there are topics enough.
 * @param shares share of topics per split; they sum to 1
 */
export function assignSplits(
  topics: readonly string[],
  shares: { readonly [split in Split]: number },
  seed: number,
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
  const shuffled = shuffle(topics, createRandom(seed));
  return new Map(
    wanted.flatMap((split) =>
      shuffled.splice(0, counts.get(split) ?? 0).map((topic) => [topic, split] as const),
    ),
  );
}

function sum(counts: ReadonlyMap<Split, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
