/** Which pairs of answers people are asked about: by lot, with chances that are known, the more disputed the likelier. Pure. */

/** A pair of answers that may be drawn. */
export interface Candidate {
  /** Like ones are drawn apart from one another. */
  readonly topic: string;
  /** How far the validators disagree about it, in points; 0 or more. */
  readonly dispute: number;
}

export interface Drawn<Pair extends Candidate> {
  readonly pair: Pair;
  /** Chance with which it was drawn, above 0 and at most 1: what corrects for having drawn some more often than others. */
  readonly probability: number;
}

export interface DrawOptions {
  /** How many; all, if there are no more. */
  readonly count: number;
  /** Share of the chances that goes by dispute, from 0 to below 1; the rest is the same for all. */
  readonly disputedShare: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Systematic sampling with the chances p (Madow, "On the theory of systematic sampling II", Annals of Mathematical
 * Statistics 20, 1949) over the pairs in random order topic by topic, so that it takes exactly `count` and spreads over the topics.
 */
export function drawSample<Pair extends Candidate>(
  pairs: readonly Pair[],
  { count, disputedShare, random }: DrawOptions,
): Drawn<Pair>[] {
  const ordered = shuffleByTopic(pairs, random);
  if (count >= ordered.length) return ordered.map((pair) => ({ pair, probability: 1 }));
  const chances = chancesOf(ordered, count, disputedShare);
  const drawn: Drawn<Pair>[] = [];
  let [reached, next] = [0, random()];
  for (const [index, pair] of ordered.entries()) {
    const probability = chances[index]!;
    reached += probability;
    // What the sum of the chances loses to rounding must not cost the last pair.
    const isLast = index === ordered.length - 1 && drawn.length < count;
    if (reached <= next && !isLast) continue;
    drawn.push({ pair, probability });
    next += 1;
  }
  return drawn;
}

/** In proportion to what is even for all and what is by dispute; those that would pass 1 are 1, and the others share the rest. */
function chancesOf(pairs: readonly Candidate[], count: number, disputedShare: number): number[] {
  const total = pairs.reduce((sum, { dispute }) => sum + dispute, 0);
  const sizes = pairs.map(({ dispute }) =>
    total > 0 ? (1 - disputedShare) / pairs.length + (disputedShare * dispute) / total : 1 / pairs.length,
  );
  const certain = new Set<number>();
  for (;;) {
    const open = sizes.reduce((sum, size, index) => (certain.has(index) ? sum : sum + size), 0);
    const scale = (count - certain.size) / open;
    const beyond = sizes.flatMap((size, index) => (!certain.has(index) && size * scale >= 1 ? [index] : []));
    if (beyond.length === 0) return sizes.map((size, index) => (certain.has(index) ? 1 : size * scale));
    for (const index of beyond) certain.add(index);
  }
}

function shuffleByTopic<Pair extends Candidate>(pairs: readonly Pair[], random: () => number): Pair[] {
  const keys = new Map<string, number>();
  for (const { topic } of pairs) keys.set(topic, keys.get(topic) ?? random());
  return pairs
    .map((pair) => ({ pair, topic: keys.get(pair.topic)!, key: random() }))
    .toSorted((one, other) => one.topic - other.topic || one.key - other.key)
    .map(({ pair }) => pair);
}
