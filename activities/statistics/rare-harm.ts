/** Points that a topic may lose where a rewriting does harm, of the four between the ends of the rubric's scale. */
const HARM = 3;
/** Chance that a harm goes unseen that is not reckoned with. */
const UNSEEN = 0.1;
/** Gains above this count as they are: whoever asked more of them would find no clear gain on few topics. */
const ENOUGH = 0.35;

/**
 * The least gain, in points, that is told from one with a rare harm that no tested topic shows. Where a share q of all topics
 * loses `HARM` and the others gain g, nothing is gained on the whole if g = HARM · q ÷ (1 − q); k topics show none of them with
 * probability (1 − q)^k, which is `UNSEEN` where q = 1 − UNSEEN^(1/k). No figure of the tested topics can tell the two apart, so
 * that this is a convention, not an estimate: it stops at `ENOUGH`, and a larger gain on few topics may still hide such harm.
 *
 * Where topics come again in later samples, fewer are unseen: q is at most the share of sightings that are of topics seen once (Turing's
 * estimate of the probability of what was never seen; Good, "The population frequencies of species and the estimation of population
 * parameters", Biometrika 40, 1953).
 *
 * @param topicCount above 0.
 * @param seenOnce that share, from 0 to 1; 1 for a single sample, which says nothing about it.
 */
export function leastTellableGain(topicCount: number, seenOnce = 1): number {
  const unseen = Math.min(1 - UNSEEN ** (1 / topicCount), seenOnce);
  return Math.min(ENOUGH, (HARM * unseen) / (1 - unseen));
}

/** The share of sightings that are of topics seen in one sample only. @param samples the topics of each sample. */
export function shareSeenOnce(samples: readonly ReadonlySet<string>[]): number {
  const sightings = samples.flatMap((topics) => [...topics]);
  const counts = new Map<string, number>();
  for (const topic of sightings) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  const once = [...counts.values()].filter((count) => count === 1).length;
  return sightings.length === 0 ? 1 : once / sightings.length;
}
