/** What a fit says of the hand-made features and of the sentences that recur: what the report shows of it. */
import { addedSentences } from '../../wording/added-sentences.ts';
import { findDiscoveries } from '../../statistics/false-discovery.ts';
import { studentTCdf } from '../../statistics/student-t.ts';
import type { TrainingPair } from '../trainer.ts';
import type { Design, WordedPair } from './design.ts';
import { features, featurize } from './features.ts';
import { fitLogistic, type LogisticRow } from './logistic.ts';
import type { FeatureWeight, PhraseWeight } from './model.ts';
import { mapTopics } from './topics.ts';

/** Groups of topics left out in turn for the standard errors. */
const MAX_GROUPS = 20;
const FALSE_DISCOVERY_RATE = 0.1;
/** Of the strongest weight: the penalty spreads an effect thinly over features that go with its cause. */
const LEAST_SHARE = 0.2;
/** Base prompts that a sentence must have been added to, and how many such sentences are kept. */
const LEAST_PROMPTS = 2;
const MOST_PHRASES = 40;

/** A fit in the design of the hand-made list. */
export interface ListFit {
  readonly design: Design;
  readonly rows: readonly LogisticRow[];
  readonly beta: Float64Array;
  readonly l2: number;
}

/** Weights of the hand-made features with standard errors by leaving topics out: delete-a-group jackknife (Kott, J. Official Statistics 17, 2001). */
export function describeFeatures(
  pairs: readonly WordedPair[],
  topics: readonly string[],
  fit: ListFit,
): FeatureWeight[] {
  const errors = standardErrors(pairs, topics, fit);
  const ranges = rangesOf(pairs);
  const weights = features.map(({ name }, index) => {
    const column = fit.design.columns.get(index)?.column;
    const weight = column === undefined ? 0 : fit.beta[column]!;
    const standardError = column === undefined || errors === null ? null : errors.values[column]!;
    return { name, weight, scale: fit.design.scales[index]!, range: ranges[index]!, standardError };
  });
  const pValues = weights.map(({ weight, standardError }) =>
    standardError && errors ? 2 * studentTCdf(-Math.abs(weight / standardError), errors.degrees) : 1,
  );
  const discovered = findDiscoveries(pValues, FALSE_DISCOVERY_RATE);
  const strongest = Math.max(...weights.map(({ weight }) => Math.abs(weight)));
  return weights.map((entry, index) => ({
    ...entry,
    established: discovered[index]! && Math.abs(entry.weight) >= LEAST_SHARE * strongest,
  }));
}

type Range = FeatureWeight['range'];

/** By feature: what the prompts of the pairs have beyond their untouched base prompts, which are candidates too. */
function rangesOf(pairs: readonly WordedPair[]): Range[] {
  return features.map((_, index) => {
    const differences = pairs.flatMap(({ untouched, chosen, rejected }) =>
      [chosen, rejected].map((vector) => (vector.get(index) ?? 0) - (untouched.get(index) ?? 0)),
    );
    return differences.reduce<Range>(
      ([least, most], difference) => [Math.min(least, difference), Math.max(most, difference)],
      [0, 0],
    );
  });
}

/** By column. Null with fewer than three topics. */
function standardErrors(
  pairs: readonly WordedPair[],
  topics: readonly string[],
  { rows, beta, l2 }: ListFit,
): { readonly values: Float64Array; readonly degrees: number } | null {
  const count = Math.min(MAX_GROUPS, topics.length);
  if (count < 3) return null;
  const groupOf = mapTopics(topics, count);
  const fits = Array.from({ length: count }, (_, group) =>
    fitLogistic(
      rows.filter((_row, index) => groupOf.get(pairs[index]!.pair.topic) !== group),
      beta.length,
      l2,
      beta,
    ),
  );
  const values = new Float64Array(beta.length).map((_, column) => {
    const mean = fits.reduce((sum, fit) => sum + fit[column]!, 0) / count;
    const squares = fits.reduce((sum, fit) => sum + (fit[column]! - mean) ** 2, 0);
    return Math.sqrt(((count - 1) / count) * squares);
  });
  return { values, degrees: count - 1 };
}

/** The sentences that were added to several base prompts, with what the model gives each, the heaviest first. */
export function describePhrases(
  pairs: readonly TrainingPair[],
  weights: ReadonlyMap<number, number>,
  buckets: number,
): PhraseWeight[] {
  const promptsWith = new Map<string, Set<number>>();
  for (const { basePromptIdx, prompt, chosen, rejected } of pairs)
    for (const sentence of [...addedSentences(prompt, chosen), ...addedSentences(prompt, rejected)]) {
      const prompts = promptsWith.get(sentence) ?? new Set();
      promptsWith.set(sentence, prompts.add(basePromptIdx));
    }
  return [...promptsWith]
    .filter(([, prompts]) => prompts.size >= LEAST_PROMPTS)
    .map(([text, prompts]) => {
      const grams = [...featurize('', text, buckets)].filter(([index]) => index >= features.length);
      const weight = grams.reduce((sum, [index, value]) => sum + (weights.get(index) ?? 0) * value, 0);
      return { text, weight, prompts: prompts.size };
    })
    .toSorted(
      (one, other) => Math.abs(other.weight) - Math.abs(one.weight) || (one.text < other.text ? -1 : 1),
    )
    .slice(0, MOST_PHRASES);
}
