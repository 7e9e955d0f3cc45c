/**
 * A mean of what people say, from their labels of a sample and a judge's scores of everything: prediction-powered inference
 * (Angelopoulos, Bates, Fannjiang, Jordan & Zrnic, "Prediction-powered inference", Science 382, 2023), with the judge's weight
 * tuned as in PPI++ (Angelopoulos, Duchi & Zrnic, arXiv 2311.01453) and labels drawn with unequal known probabilities (Zrnic &
 * Candès, "Active statistical inference", arXiv 2403.03208). A judge who is wrong makes it less exact, never wrong.
 */
import { clusterSpread } from './cluster-mean.ts';
import { StatisticsError } from './statistics-error.ts';
import { studentTQuantile } from './student-t.ts';

/** One thing that the judge has scored, and perhaps people have. */
export interface PredictedUnit {
  /** Units of one cluster (topic) are alike. */
  readonly cluster: string;
  /** What the judge says of it. */
  readonly prediction: number;
  /** What people say of it, where they were asked; `probability` with which it was drawn to be asked about, above 0, at most 1. */
  readonly label?: { readonly value: number; readonly probability: number } | undefined;
}

export interface PredictionPoweredMean {
  readonly mean: number;
  /** Null with labels from fewer than two clusters. */
  readonly low: number | null;
  readonly high: number | null;
  /** How far the judge is trusted to tell more than the labels do, from 0 (only labels count) to 1. */
  readonly judgeWeight: number;
  readonly labelCount: number;
  /** Clusters with a label. */
  readonly clusterCount: number;
}

/** Spread below this, in squares of the values' unit, is rounding. */
const ROUNDING = 1e-18;

/** What a cluster adds to how far the mean is off. */
interface Departure {
  readonly label: number;
  /** Of the judge's mean over everything from that over the labelled ones. */
  readonly judge: number;
}

/**
 * w · (mean prediction of all) + (mean of label − w · prediction of the labelled, each weighted by 1 ÷ its probability). The
 * interval is Student's t with cluster-robust errors: each cluster's departures are bias-reduced as in CR2 (`clusterMean`), and
 * the degrees of freedom are those of the labelled clusters alone, one less where w is tuned, since it is found from them.
 * w is the one with the least variance among such errors, within 0 and 1; 0 where everything is labelled.
 *
 * Throws `StatisticsError`: `NO_VALUES` without a label, `NOT_FINITE`, `OUT_OF_RANGE` (a probability, the level).
 */
export function predictionPoweredMean(units: readonly PredictedUnit[], level = 0.95): PredictionPoweredMean {
  if (!(level > 0 && level < 1))
    throw new StatisticsError('OUT_OF_RANGE', `Level ${level} is not between 0 and 1.`);
  const labelled = units.flatMap(({ cluster, prediction, label }) => {
    if (![prediction, label?.value ?? 0].every(Number.isFinite))
      throw new StatisticsError('NOT_FINITE', `A value of cluster '${cluster}' is not a finite number.`);
    if (label === undefined) return [];
    if (!(label.probability > 0 && label.probability <= 1))
      throw new StatisticsError('OUT_OF_RANGE', `A probability is ${label.probability}, not in (0, 1].`);
    return { cluster, prediction, value: label.value, weight: 1 / label.probability };
  });
  if (labelled.length === 0) throw new StatisticsError('NO_VALUES', 'There are no labels to take a mean of.');
  const all = units.map(({ cluster, prediction }) => ({ cluster, value: prediction, weight: 1 }));
  const told = labelled.map(({ cluster, prediction, weight }) => ({ cluster, value: prediction, weight }));
  const [ofAll, ofTold, ofLabels] = [weigh(all), weigh(told), weigh(labelled)];
  const departures = [...ofAll.clusters.keys()].map((cluster): Departure => {
    const [label, predicted] = [departureOf(ofLabels, cluster), departureOf(ofTold, cluster)];
    return { label, judge: departureOf(ofAll, cluster) - predicted };
  });
  const judgeWeight = labelled.length === units.length ? 0 : tune(departures);
  const mean = ofLabels.mean + judgeWeight * (ofAll.mean - ofTold.mean);
  const clusterCount = ofLabels.clusters.size;
  const known = { mean, judgeWeight, labelCount: labelled.length, clusterCount };
  if (clusterCount < 2) return { ...known, low: null, high: null };
  const sizes = [...ofLabels.clusters.values()].map(({ weight }) => ({ sum: 0, count: weight }));
  const degrees = clusterSpread(sizes).degrees - (judgeWeight > 0 ? 1 : 0);
  if (degrees < 1) return { ...known, low: null, high: null };
  const variance = departures.reduce((sum, { label, judge }) => sum + (label + judgeWeight * judge) ** 2, 0);
  const reach = studentTQuantile((1 + level) / 2, degrees) * Math.sqrt(variance);
  return { ...known, low: mean - reach, high: mean + reach };
}

/** The weight of the judge with the least variance. */
function tune(departures: readonly Departure[]): number {
  const squares = departures.reduce((sum, { judge }) => sum + judge ** 2, 0);
  if (squares < ROUNDING) return 0;
  const products = departures.reduce((sum, { label, judge }) => sum + label * judge, 0);
  return Math.min(1, Math.max(0, -products / squares));
}

interface Weighed {
  readonly mean: number;
  readonly weight: number;
  readonly clusters: ReadonlyMap<string, { readonly weight: number; readonly sum: number }>;
}

function weigh(
  values: readonly { readonly cluster: string; readonly value: number; readonly weight: number }[],
): Weighed {
  const clusters = new Map<string, { weight: number; sum: number }>();
  let [total, sum] = [0, 0];
  for (const { cluster, value, weight } of values) {
    const before = clusters.get(cluster) ?? { weight: 0, sum: 0 };
    clusters.set(cluster, { weight: before.weight + weight, sum: before.sum + weight * value });
    total += weight;
    sum += weight * value;
  }
  return { mean: sum / total, weight: total, clusters };
}

/** Of a cluster from a weighted mean, as CR2 has it. */
function departureOf({ mean, weight, clusters }: Weighed, cluster: string): number {
  const own = clusters.get(cluster);
  if (own === undefined) return 0;
  const share = own.weight / weight;
  return share === 1 ? 0 : (own.sum - mean * own.weight) / weight / Math.sqrt(1 - share);
}
