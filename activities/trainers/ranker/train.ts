/** Contrastive training: from pairs of prompts of which one was better to a model that tells which will be. */
import { findDiscoveries } from '../../statistics/false-discovery.ts';
import { createRandom, shuffle } from '../../statistics/random.ts';
import { studentTCdf } from '../../statistics/student-t.ts';
import { winRate } from '../../statistics/win-rate.ts';
import type { Accuracy, TrainingMetrics, TrainingPair } from '../trainer.ts';
import { features, featurize, type SparseVector } from './features.ts';
import { crossEntropy, fitLogistic, predict, type LogisticRow } from './logistic.ts';
import type { FeatureWeight, RankerModel } from './model.ts';
import { RankerError } from './ranker-error.ts';

/** What a ranker is trained from. */
export interface RankerRequest {
  /** Pairs to learn from. */
  readonly pairs: readonly TrainingPair[];
  /** Pairs of other topics, never learned from: they measure the accuracy. May be empty. */
  readonly heldOut: readonly TrainingPair[];
  /**
   * Strengths of the L2 penalty to choose from, each above 0, at least one. In pairs: with λ, a weight costs
   * λ/2 · weight², beside a loss that sums over pairs of mean weight 1; so 1 is a normal prior of variance 1.
   */
  readonly l2: readonly number[];
  /** Size of the n-gram space, a power of two. */
  readonly buckets: number;
  readonly seed: number;
}

export interface RankerMetrics extends TrainingMetrics {
  readonly trainTopics: number;
  /** Share of training pairs ordered rightly; ties count half. */
  readonly trainAccuracy: number;
  /** The penalty chosen. */
  readonly l2: number;
  /** Mean cross-entropy per pair in cross-validation, by penalty, in nats; null with one topic. ln 2 is chance. */
  readonly crossValidation: readonly { readonly l2: number; readonly loss: number }[] | null;
}

/** A feature that differs this little between the prompts of pairs is not blown up to a full one. */
const SCALE_FLOOR = 0.2;
const MAX_FOLDS = 5;
/** Groups of topics left out in turn for the standard errors. */
const MAX_GROUPS = 20;
const FALSE_DISCOVERY_RATE = 0.1;
/** Of the strongest weight: the penalty spreads an effect thinly over features that go with its cause. */
const LEAST_SHARE = 0.2;

/**
 * Trains a Bradley–Terry model: P(chosen ≻ rejected) = σ(β·(φ(chosen) − φ(rejected))), by L2-penalised
 * logistic regression on the differences with the pairs' probabilities as soft labels. Hand-made features are
 * divided by their typical difference. The penalty with the least loss in cross-validation is taken, whole topics
 * left out, on `pairs` alone (the strongest with fewer than two topics). Standard errors of the weights: delete-a-
 * group jackknife over topics (Kott, "The delete-a-group jackknife", J. Official Statistics 17, 2001).
 * The same request gives the same model. Throws `RankerError`: `NO_PAIRS`, `INVALID_OPTION`, `NOT_CONVERGED`.
 */
export function trainRanker(request: RankerRequest): { model: RankerModel; metrics: RankerMetrics } {
  checkRequest(request);
  const { pairs, heldOut, buckets, seed } = request;
  const worded = pairs.map((pair) => wordPair(pair, buckets));
  const vectors = worded.map(differenceOf);
  const scales = scalesOf(vectors);
  const columns = columnsOf(vectors);
  const meanWeight = pairs.reduce((sum, { weight }) => sum + weight, 0) / pairs.length;
  const rows = pairs.map((pair, index) => toRow(vectors[index]!, scales, columns, pair, meanWeight));

  const topics = shuffle([...new Set(pairs.map(({ topic }) => topic))], createRandom(seed));
  const penalties = request.l2.toSorted((one, other) => other - one);
  const crossValidation =
    topics.length < 2 ? null : crossValidate(rows, pairs, topics, columns.size, penalties);
  const best = crossValidation?.reduce((least, entry) => (entry.loss < least.loss ? entry : least));
  const l2 = best?.l2 ?? penalties[0]!;

  const beta = fitLogistic(rows, columns.size, l2);
  const errors = standardErrors(rows, pairs, topics, beta, l2);
  const model: RankerModel = {
    format: 'prose-ranker',
    version: 2,
    buckets,
    l2,
    features: describeWeights(beta, columns, scales, rangesOf(worded), errors),
    grams: [...columns]
      .filter(([index]) => index >= features.length)
      .map(([index, column]) => [index - features.length, beta[column]!] as const)
      .filter(([, weight]) => weight !== 0)
      .toSorted(([one], [other]) => one - other),
  };
  const heldOutRows = heldOut.map((pair) =>
    toRow(differenceOf(wordPair(pair, buckets)), scales, columns, pair, 1),
  );
  const metrics: RankerMetrics = {
    trainPairs: pairs.length,
    heldOutPairs: heldOut.length,
    trainTopics: topics.length,
    trainAccuracy: countRight(rows, beta) / rows.length,
    heldOutAccuracy: accuracyOf(heldOutRows, heldOut, beta),
    l2,
    crossValidation: crossValidation?.toReversed() ?? null,
  };
  return { model, metrics };
}

function checkRequest({ pairs, l2, buckets }: RankerRequest): void {
  if (pairs.length === 0) throw new RankerError('NO_PAIRS', 'There are no pairs to train the ranker on.');
  if (l2.length === 0 || l2.some((value) => !(value > 0 && Number.isFinite(value)))) {
    throw new RankerError(
      'INVALID_OPTION',
      `The L2 penalties [${l2.join(', ')}] must be one or more numbers above 0.`,
    );
  }
  if (!Number.isInteger(Math.log2(buckets)) || buckets > 2 ** 24) {
    throw new RankerError(
      'INVALID_OPTION',
      `The number of buckets, ${buckets}, must be a power of two up to 2^24.`,
    );
  }
}

/** How the prompts of a pair are worded. */
interface WordedPair {
  readonly untouched: SparseVector;
  readonly chosen: SparseVector;
  readonly rejected: SparseVector;
}

function wordPair({ prompt, chosen, rejected }: TrainingPair, buckets: number): WordedPair {
  const word = (text: string): SparseVector => featurize(prompt, text, buckets);
  return { untouched: word(prompt), chosen: word(chosen), rejected: word(rejected) };
}

function differenceOf({ chosen, rejected }: WordedPair): Map<number, number> {
  const difference = new Map(chosen);
  for (const [index, value] of rejected) difference.set(index, (difference.get(index) ?? 0) - value);
  return difference;
}

/** Root mean square difference of each hand-made feature, with the floor. */
function scalesOf(vectors: readonly ReadonlyMap<number, number>[]): number[] {
  return features.map((_, index) => {
    const squares = vectors.reduce((sum, vector) => sum + (vector.get(index) ?? 0) ** 2, 0);
    return Math.max(SCALE_FLOOR, Math.sqrt(squares / vectors.length));
  });
}

type Range = FeatureWeight['range'];

/** By feature: what the prompts of the pairs have beyond their untouched base prompts, which are candidates too. */
function rangesOf(worded: readonly WordedPair[]): Range[] {
  return features.map((_, index) => {
    const differences = worded.flatMap(({ untouched, chosen, rejected }) =>
      [chosen, rejected].map((vector) => (vector.get(index) ?? 0) - (untouched.get(index) ?? 0)),
    );
    return differences.reduce<Range>(
      ([least, most], difference) => [Math.min(least, difference), Math.max(most, difference)],
      [0, 0],
    );
  });
}

/** Columns of the design matrix by feature index: only what occurs in training pairs has one. */
function columnsOf(vectors: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const indices = [...new Set(vectors.flatMap((vector) => [...vector.keys()]))].toSorted(
    (one, other) => one - other,
  );
  return new Map(indices.map((index, column) => [index, column]));
}

function toRow(
  vector: ReadonlyMap<number, number>,
  scales: readonly number[],
  columns: ReadonlyMap<number, number>,
  { probability, weight }: TrainingPair,
  meanWeight: number,
): LogisticRow {
  const known = [...vector].filter(([index]) => columns.has(index));
  return {
    indices: Int32Array.from(known, ([index]) => columns.get(index)!),
    values: Float64Array.from(known, ([index, value]) => value / (scales[index] ?? 1)),
    probability,
    weight: weight / meanWeight,
  };
}

/** Splits the topics into `count` groups, turn by turn, and tells which of them a topic is in. */
function groupTopics(topics: readonly string[], count: number): ReadonlyMap<string, number> {
  return new Map(topics.map((topic, index) => [topic, index % count]));
}

function crossValidate(
  rows: readonly LogisticRow[],
  pairs: readonly TrainingPair[],
  topics: readonly string[],
  dimensions: number,
  penalties: readonly number[],
): { l2: number; loss: number }[] {
  const folds = Math.min(MAX_FOLDS, topics.length);
  const foldOf = groupTopics(topics, folds);
  const weight = rows.reduce((sum, row) => sum + row.weight, 0);
  const losses = new Float64Array(penalties.length);
  for (let fold = 0; fold < folds; fold += 1) {
    const isLeftOut = (_: LogisticRow, index: number): boolean => foldOf.get(pairs[index]!.topic) === fold;
    const learned = rows.filter((row, index) => !isLeftOut(row, index));
    const leftOut = rows.filter(isLeftOut);
    let beta: Float64Array | undefined;
    for (const [position, l2] of penalties.entries()) {
      beta = fitLogistic(learned, dimensions, l2, beta);
      for (const row of leftOut)
        losses[position]! += row.weight * crossEntropy(predict(row, beta), row.probability);
    }
  }
  return penalties.map((l2, position) => ({ l2, loss: losses[position]! / weight }));
}

interface StandardErrors {
  /** By column. */
  readonly values: Float64Array;
  readonly degrees: number;
}

/** Null with fewer than three topics. */
function standardErrors(
  rows: readonly LogisticRow[],
  pairs: readonly TrainingPair[],
  topics: readonly string[],
  beta: Float64Array,
  l2: number,
): StandardErrors | null {
  const count = Math.min(MAX_GROUPS, topics.length);
  if (count < 3) return null;
  const groupOf = groupTopics(topics, count);
  const fits = Array.from({ length: count }, (_, group) =>
    fitLogistic(
      rows.filter((_row, index) => groupOf.get(pairs[index]!.topic) !== group),
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

function describeWeights(
  beta: Float64Array,
  columns: ReadonlyMap<number, number>,
  scales: readonly number[],
  ranges: readonly Range[],
  errors: StandardErrors | null,
): FeatureWeight[] {
  const weights = features.map(({ name }, index) => {
    const column = columns.get(index);
    const weight = column === undefined ? 0 : beta[column]!;
    const standardError = column === undefined || errors === null ? null : errors.values[column]!;
    return { name, weight, scale: scales[index]!, range: ranges[index]!, standardError };
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

function countRight(rows: readonly LogisticRow[], beta: Float64Array): number {
  return rows.reduce((sum, row) => {
    const score = predict(row, beta);
    return sum + (score > 0 ? 1 : score === 0 ? 0.5 : 0);
  }, 0);
}

function accuracyOf(
  rows: readonly LogisticRow[],
  pairs: readonly TrainingPair[],
  beta: Float64Array,
): Accuracy | null {
  if (rows.length === 0) return null;
  // A pair that is ordered rightly is a win; pairs of one topic are alike, so topics are what the interval counts.
  const scores = rows.map((row, index) => ({
    cluster: pairs[index]?.topic ?? '',
    value: predict(row, beta),
  }));
  const { share, low, high } = winRate(scores);
  return { value: share, low, high };
}
