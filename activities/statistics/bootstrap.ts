/**
 * Interval and p-value of a mean over clusters (topic families): values of one cluster are alike, so clusters,
 * not values, are resampled.
 */
import { totalClusters, ratioOfSums, type ClusteredValue, type ClusterTotal } from './clusters.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { createRandom } from './random.ts';
import { studentTQuantile } from './student-t.ts';
import { StatisticsError } from './statistics-error.ts';

export interface BootstrapOptions {
  readonly seed: number;
  /** Resamples of the clusters, at least 100. Default 10,000. */
  readonly resamples?: number;
  /** Coverage of the two-sided interval, above 0 and below 1. Default 0.95. */
  readonly level?: number;
}

/** A mean and its interval; `low`, `high` and `p` are null where there are fewer than two clusters. */
export interface BootstrapEstimate {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, of a true mean of 0: 1 − the level of the interval that just reaches 0; at least 1/(resamples + 1). */
  readonly p: number | null;
  readonly resamples: number;
  readonly clusterCount: number;
}

/**
 * Ratio-of-sums mean with a BCa cluster bootstrap interval (Efron, "Better bootstrap confidence intervals",
 * JASA 82, 1987; acceleration by the leave-one-cluster-out jackknife, ibid. eq. 6.6), widened for few clusters:
 * the BCa limits' distances from the mean are multiplied by √(k/(k−1)) · t(k−1)/z, which undoes the bootstrap's
 * narrowness bias and its missing allowance for an estimated spread (Hesterberg, "What teachers should know
 * about the bootstrap", The American Statistician 69(4), 2015, sections 4.1 and 5.3).
 *
 * Measured coverage of the 95% interval (10,000 simulations each, 2,000 resamples, topic effects of 30% of the
 * variance; standard error 0.2 points): two normal values per cluster, 5, 8, 10, 12, 20, 40 clusters: 94.5, 94.3,
 * 94.5, 94.9, 94.8, 94.8%; one to three values per cluster, from 8 clusters: 93.9 to 94.6%; skewed (exponential)
 * topic effects: 93.9 to 94.7%. BCa without the widening (1,500 simulations): 88% with 8 clusters, 90% with 10, 92%
 * with 20.
 *
 * Throws `StatisticsError`: `NO_VALUES`, `NOT_FINITE`, `OUT_OF_RANGE` (level or resamples).
 */
export function clusterBootstrap(
  values: readonly ClusteredValue[],
  options: BootstrapOptions,
): BootstrapEstimate {
  const { seed, resamples = 10_000, level = 0.95 } = options;
  if (!(level > 0 && level < 1))
    throw new StatisticsError('OUT_OF_RANGE', `Level ${level} is not between 0 and 1.`);
  if (!(resamples >= 100))
    throw new StatisticsError('OUT_OF_RANGE', `${resamples} resamples are fewer than 100.`);
  const totals = totalClusters(values);
  const mean = ratioOfSums(totals);
  const clusterCount = totals.length;
  if (clusterCount < 2) return { mean, low: null, high: null, p: null, resamples, clusterCount };

  const limits = createLimits(totals, mean, resample(totals, resamples, seed));
  const [low, high] = limits(1 - level);
  return { mean, low, high, p: pValue(limits, mean, resamples), resamples, clusterCount };
}

/** Means of resampled clusters, ascending. */
function resample(totals: readonly ClusterTotal[], resamples: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const sums = Float64Array.from(totals, (total) => total.sum);
  const counts = Float64Array.from(totals, (total) => total.count);
  const k = totals.length;
  const means = new Float64Array(resamples);
  for (let index = 0; index < resamples; index += 1) {
    let [sum, count] = [0, 0];
    for (let draw = 0; draw < k; draw += 1) {
      const cluster = Math.floor(random() * k);
      sum += sums[cluster]!;
      count += counts[cluster]!;
    }
    means[index] = sum / count;
  }
  return means.toSorted();
}

/** The two-sided limits that leave out a share α, as a function of α. */
type Limits = (alpha: number) => [low: number, high: number];

function createLimits(totals: readonly ClusterTotal[], mean: number, means: Float64Array): Limits {
  const k = totals.length;
  const bias = biasCorrection(means, mean);
  const acceleration = jackknifeAcceleration(totals);
  const bcaLimit = (z: number): number => {
    const shifted = bias + z;
    const divisor = 1 - acceleration * shifted;
    // Past the pole the formula turns round; the limit there is the last resample.
    const share = divisor > 0 ? normalCdf(bias + shifted / divisor) : shifted > 0 ? 1 : 0;
    return quantileOfSorted(means, share);
  };
  return (alpha) => {
    const z = normalQuantile(1 - alpha / 2);
    const widening = Math.sqrt(k / (k - 1)) * (studentTQuantile(1 - alpha / 2, k - 1) / z);
    return [mean - widening * (mean - bcaLimit(-z)), mean + widening * (bcaLimit(z) - mean)];
  };
}

/** z₀: how far the median of the resampled means lies from the mean, ties counted half. */
function biasCorrection(means: Float64Array, mean: number): number {
  let below = 0;
  for (const value of means) below += value < mean ? 1 : value === mean ? 0.5 : 0;
  return normalQuantile((below + 0.5) / (means.length + 1));
}

function jackknifeAcceleration(totals: readonly ClusterTotal[]): number {
  const sum = totals.reduce((subtotal, total) => subtotal + total.sum, 0);
  const count = totals.reduce((subtotal, total) => subtotal + total.count, 0);
  const left = totals.map((total) => (sum - total.sum) / (count - total.count));
  const centre = left.reduce((subtotal, value) => subtotal + value, 0) / left.length;
  let [squares, cubes] = [0, 0];
  for (const value of left) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** The value below which the share lies, linear between neighbours (type 7 of Hyndman & Fan 1996). */
function quantileOfSorted(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const index = Math.floor(position);
  const lower = sorted[index]!;
  const upper = sorted[Math.min(index + 1, sorted.length - 1)]!;
  return lower + (position - index) * (upper - lower);
}

/** The α whose interval just reaches 0, by bisection: limits widen as α falls. */
function pValue(limits: Limits, mean: number, resamples: number): number {
  const reachesZero = (alpha: number): boolean => {
    const [low, high] = limits(alpha);
    return low <= 0 && high >= 0;
  };
  let [inside, outside] = [1 / (resamples + 1), 1];
  if (mean === 0) return 1;
  if (!reachesZero(inside)) return inside;
  for (let step = 0; step < 50; step += 1) {
    const middle = (inside + outside) / 2;
    if (reachesZero(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}
