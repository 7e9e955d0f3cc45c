/** Seeded randomness: every choice of the simulated models is a pure function of the parts it is seeded with. */

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

/** 32-bit FNV-1a over UTF-16 code units, started from `basis`, finished with murmur3's mixer. */
function mix(text: string, basis: number): number {
  let state = basis >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** A uniform number in [0, 1) that depends on the parts only. */
export function uniformOf(...parts: readonly (string | number)[]): number {
  return mix(parts.join('\u0000'), 0x811c9dc5) / 4294967296;
}

/** A standard normal number that depends on the parts only. */
export function normalOf(...parts: readonly (string | number)[]): number {
  return createRandom(...parts).normal();
}

/** Starts a stream (sfc32, https://pracrand.sourceforge.net) seeded by all of the parts. */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const text = parts.join('\u0000');
  let a = mix(text, 0x811c9dc5);
  let b = mix(text, 0x9e3779b9);
  let c = mix(text, 0x2545f491);
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }
  for (let warmUp = 0; warmUp < 8; warmUp += 1) next();

  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('There is nothing to pick from.');
      return item;
    },
    shuffle(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = Math.floor(next() * (last + 1));
        const [one, two] = [shuffled[last], shuffled[other]];
        if (one !== undefined && two !== undefined) [shuffled[last], shuffled[other]] = [two, one];
      }
      return shuffled;
    },
    round(value: number): number {
      const below = Math.floor(value);
      return next() < value - below ? below + 1 : below;
    },
  };
}
