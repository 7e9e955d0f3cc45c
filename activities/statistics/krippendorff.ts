/** Agreement of validators beyond chance. */
import { createRandom } from '../randomness/random.ts';
import { StatisticsError } from './statistics-error.ts';

/** One thing that was rated, with a rating (or null = missing) of each validator, in any order. */
export interface RatedUnit {
  /** Units of one cluster (base prompt) are resampled together. */
  readonly cluster: string;
  readonly ratings: readonly (number | null)[];
  /** How many units it stands for, above 0; of all together, one each on average. Default 1. */
  readonly weight?: number;
}

export interface Agreement {
  /** 1 = perfect, 0 = as by chance, below 0 = worse; null where no two ratings differ or none can be compared. */
  readonly alpha: number | null;
  /** Null where alpha is, or with fewer than two clusters. */
  readonly low: number | null;
  readonly high: number | null;
  /** Units with at least two ratings: the only ones that count. */
  readonly unitCount: number;
}

export interface AgreementOptions {
  readonly seed: number;
  /** Default 2,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Krippendorff's alpha with the interval metric and missing ratings (Krippendorff, "Content Analysis", 4th ed.
 * 2019, ch. 12: 1 − observed ÷ expected squared difference of pairable ratings), with the percentile bootstrap
 * interval over clusters of units. By his thresholds: from 0.8 firm, 0.667 to 0.8 tentative.
 * Throws `StatisticsError` `NOT_FINITE` for a rating that is neither null nor a finite number.
 */
export function krippendorffAlpha(units: readonly RatedUnit[], options: AgreementOptions): Agreement {
  return alphaOfClusters(totalUnits(units), options);
}

/** The same from the sums of each cluster, for more ratings than fit into memory. */
export function alphaOfClusters(clusters: readonly ClusterTotal[], options: AgreementOptions): Agreement {
  const steps = alphaInSteps(clusters, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `alphaOfClusters`, which takes seconds for thousands of clusters: it may be interrupted after each resample. */
export function* alphaInSteps(
  clusters: readonly ClusterTotal[],
  options: AgreementOptions,
): Generator<undefined, Agreement> {
  const { seed, resamples = 2_000, level = 0.95 } = options;
  const unitCount = clusters.reduce((count, cluster) => count + cluster.units, 0);
  const alpha = alphaOf(clusters);
  if (alpha === null || clusters.length < 2) return { alpha, low: null, high: null, unitCount };

  const random = createRandom(seed);
  const resampled: number[] = [];
  for (let index = 0; index < resamples; index += 1) {
    const value = alphaOf(clusters.map(() => clusters[Math.floor(random() * clusters.length)]!));
    if (value !== null) resampled.push(value);
    yield;
  }
  resampled.sort((one, other) => one - other);
  const at = (share: number): number | null => resampled[Math.round(share * (resampled.length - 1))] ?? null;
  return { alpha, low: at((1 - level) / 2), high: at((1 + level) / 2), unitCount };
}

/** Sums over the pairable units of a cluster (those with at least two ratings), from which alpha follows. */
export interface ClusterTotal {
  readonly units: number;
  readonly ratings: number;
  /** Of the ratings and of their squares, around any one origin that is near them. */
  readonly sum: number;
  readonly squares: number;
  /** Σ over units of (sum of squared differences of its ordered pairs) ÷ (its ratings − 1). */
  readonly observed: number;
}

function totalUnits(units: readonly RatedUnit[]): ClusterTotal[] {
  const pairable = units.map(({ cluster, ratings, weight = 1 }) => ({
    cluster,
    weight,
    present: ratings.filter((rating) => rating !== null),
  }));
  const all = pairable.flatMap(({ present }) => present);
  const strange = all.find((rating) => !Number.isFinite(rating));
  if (strange !== undefined)
    throw new StatisticsError('NOT_FINITE', `A rating is ${strange}, not a finite number.`);
  // Differences do not change with the origin, but sums of squares lose digits far from it.
  const origin = all.reduce((sum, rating) => sum + rating, 0) / all.length;

  const totals = new Map<string, ClusterTotal>();
  for (const { cluster, weight, present } of pairable) {
    const m = present.length;
    if (m < 2) continue;
    const sum = present.reduce((subtotal, rating) => subtotal + rating - origin, 0);
    const squares = present.reduce((subtotal, rating) => subtotal + (rating - origin) ** 2, 0);
    const before = totals.get(cluster) ?? { units: 0, ratings: 0, sum: 0, squares: 0, observed: 0 };
    totals.set(cluster, {
      units: before.units + 1,
      ratings: before.ratings + weight * m,
      sum: before.sum + weight * sum,
      squares: before.squares + weight * squares,
      observed: before.observed + (weight * pairDifferences(m, sum, squares)) / (m - 1),
    });
  }
  return [...totals.values()];
}

/** Σ (a − b)² over the ordered pairs of n numbers with this sum and sum of squares. */
function pairDifferences(n: number, sum: number, squares: number): number {
  return Math.max(0, 2 * (n * squares - sum * sum));
}

function alphaOf(totals: readonly ClusterTotal[]): number | null {
  let [ratings, sum, squares, observed] = [0, 0, 0, 0];
  for (const total of totals) {
    ratings += total.ratings;
    sum += total.sum;
    squares += total.squares;
    observed += total.observed;
  }
  const expected = pairDifferences(ratings, sum, squares) / (ratings - 1);
  return expected > 1e-12 * ratings ? 1 - observed / expected : null;
}
