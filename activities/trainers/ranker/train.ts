/** Contrastive training: from pairs of prompts of which one was better to a model that tells which will be. */
import { createRandom, shuffle } from '../../randomness/random.ts';
import { shareRight } from '../../statistics/share-right.ts';
import type { TrainingMetrics, TrainingPair } from '../trainer.ts';
import { chooseFit, type Candidate } from './choose.ts';
import { describeFeatures, describePhrases, type ListFit } from './describe.ts';
import {
  createDesign,
  learnApproaches,
  toRow,
  weightsOf,
  wordPair,
  type ApproachWeights,
  type Representation,
  type WordedPair,
} from './design.ts';
import { features } from './features.ts';
import { fitLogistic, predict, type LogisticRow } from './logistic.ts';
import type { RankerModel } from './model.ts';
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
  /** Size of each hashed n-gram space, a power of two. */
  readonly buckets: number;
  readonly seed: number;
}

export interface RankerMetrics extends TrainingMetrics {
  readonly trainTopics: number;
  /** Share of training pairs ordered rightly; ties count half. */
  readonly trainAccuracy: number;
  /** The representation and the penalty chosen. */
  readonly representation: Representation;
  readonly l2: number;
  /** Each with its loss in cross-validation; null with one topic. */
  readonly crossValidation: readonly Candidate[] | null;
}

/**
 * Trains a Bradley–Terry model: P(chosen ≻ rejected) = σ(β·(φ(chosen) − φ(rejected))), by L2-penalised
 * logistic regression on the differences with the pairs' probabilities as soft labels. Which φ and which penalty, `chooseFit`
 * decides on `pairs` alone. The hand-made features are described by a fit of their own where the scores do without them.
 * The same request gives the same model. Throws `RankerError`: `NO_PAIRS`, `INVALID_OPTION`, `NOT_CONVERGED`.
 */
export function trainRanker(request: RankerRequest): { model: RankerModel; metrics: RankerMetrics } {
  checkRequest(request);
  const { pairs, heldOut, buckets, seed } = request;
  const worded = pairs.map((pair) => wordPair(pair, buckets));
  const topics = shuffle([...new Set(pairs.map(({ topic }) => topic))], createRandom(seed));
  const { chosen, list, tried } = chooseFit(worded, topics, request.l2, buckets);
  const fit = fitAll(worded, buckets, chosen);
  const listFit =
    chosen.representation === 'list' ? fit : fitAll(worded, buckets, { ...list, representation: 'list' });
  const weights = weightsOf(fit.beta, fit.design, fit.approachWeights);
  const model: RankerModel = {
    format: 'prose-ranker',
    version: 3,
    buckets,
    representation: chosen.representation,
    l2: chosen.l2,
    features: describeFeatures(worded, topics, listFit),
    grams: [...weights]
      .filter(([index, weight]) => index >= features.length && weight !== 0)
      .map(([index, weight]) => [index - features.length, weight] as const),
    phrases: describePhrases(pairs, weights, buckets),
  };
  const heldOutRows = heldOut.map((pair) =>
    toRow(wordPair(pair, buckets), fit.design, fit.approachWeights, 1),
  );
  const metrics: RankerMetrics = {
    trainPairs: pairs.length,
    heldOutPairs: heldOut.length,
    trainTopics: topics.length,
    trainAccuracy: countRight(fit.rows, fit.beta) / fit.rows.length,
    heldOutAccuracy: shareRight(
      heldOutRows.map((row, index) => ({
        cluster: heldOut[index]?.topic ?? '',
        value: predict(row, fit.beta),
      })),
    ),
    representation: chosen.representation,
    l2: chosen.l2,
    crossValidation: tried,
  };
  return { model, metrics };
}

function fitAll(
  pairs: readonly WordedPair[],
  buckets: number,
  { representation, l2 }: Pick<Candidate, 'representation' | 'l2'>,
): ListFit & { readonly approachWeights: ApproachWeights } {
  const design = createDesign(pairs, buckets, representation);
  const approachWeights = learnApproaches(pairs, design);
  const meanWeight = pairs.reduce((sum, { pair }) => sum + pair.weight, 0) / pairs.length;
  const rows = pairs.map((pair) => toRow(pair, design, approachWeights, meanWeight));
  return { design, approachWeights, rows, beta: fitLogistic(rows, design.width, l2), l2 };
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

function countRight(rows: readonly LogisticRow[], beta: Float64Array): number {
  return rows.reduce((sum, row) => {
    const score = predict(row, beta);
    return sum + (score > 0 ? 1 : score === 0 ? 0.5 : 0);
  }, 0);
}
