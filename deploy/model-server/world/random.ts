/** Seeded randomness: every choice of the simulated models is a pure function of the parts it is seeded with. */
import { sfc32, shuffle } from '../../../activities/randomness/random.ts';
import { fnv1a32, spread } from '../../../definitions/model/fnv.ts';

/** A stream of pseudo-random numbers; the same seed parts give the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal. */
  normal(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items. Throws `RangeError` if there are none. */
  pick<T extends {}>(items: readonly T[]): T;
  /** A new list in random order. */
  shuffle<T extends {}>(items: readonly T[]): T[];
  /** The integer below or above `value`, so that the mean is `value`. */
  round(value: number): number;
}

/** A uniform number in [0, 1) that depends on the parts only. */
export function uniformOf(...parts: readonly (string | number)[]): number {
  return spread(fnv1a32(parts.join('\u0000'))) / 4294967296;
}

/** A standard normal number that depends on the parts only. */
export function normalOf(...parts: readonly (string | number)[]): number {
  return createRandom(...parts).normal();
}

/** Starts a stream seeded by all of the parts. */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const text = parts.join('\u0000');
  const word = (basis: number): number => spread(fnv1a32(text, basis));
  const next = sfc32([word(0x811c9dc5), word(0x9e3779b9), word(0x2545f491)], 8);
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('There is nothing to pick from.');
      return item;
    },
    shuffle: (items) => shuffle(items, next),
    round(value: number): number {
      const below = Math.floor(value);
      return next() < value - below ? below + 1 : below;
    },
  };
}
