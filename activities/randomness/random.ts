/** Uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A seeded generator: sfc32 (Chris Doty-Humphrey, PractRand), its 128-bit state filled from the seed by
 * splitmix32. The same seed gives the same numbers on every machine. Any finite seed; its whole part counts.
 */
export function createRandom(seed: number): Random {
  let state = Math.trunc(seed) | 0;
  const split = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  // The first outputs still show the seed; PractRand's own seeding discards twelve.
  return sfc32([split(), split(), split()], 12);
}

/** The generator itself. @param state its first three words. @param discarded how many of its first numbers are left out. */
export function sfc32(state: readonly [number, number, number], discarded: number): Random {
  let [a, b, c] = state;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let round = 0; round < discarded; round += 1) next();
  return next;
}

/** A random order of the items (Fisher–Yates); the input is left alone. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}
