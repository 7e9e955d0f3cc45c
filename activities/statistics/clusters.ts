import { StatisticsError } from './statistics-error.ts';

/** One observation and the cluster (topic family) that it belongs to. */
export interface ClusteredValue {
  readonly cluster: string;
  readonly value: number;
}

/** What a ratio of sums needs of a cluster. */
export interface ClusterTotal {
  readonly sum: number;
  readonly count: number;
}

/**
 * Sum and number of the values of each cluster, in order of first appearance.
 * Throws `StatisticsError` `NO_VALUES` for an empty list, `NOT_FINITE` for a value that is not a number.
 */
export function totalClusters(values: readonly ClusteredValue[]): ClusterTotal[] {
  if (values.length === 0) throw new StatisticsError('NO_VALUES', 'There are no values to take a mean of.');
  const totals = new Map<string, { sum: number; count: number }>();
  for (const { cluster, value } of values) {
    if (!Number.isFinite(value)) {
      throw new StatisticsError(
        'NOT_FINITE',
        `A value of cluster '${cluster}' is ${value}, not a finite number.`,
      );
    }
    const total = totals.get(cluster) ?? { sum: 0, count: 0 };
    totals.set(cluster, { sum: total.sum + value, count: total.count + 1 });
  }
  return [...totals.values()];
}

/** Sum of values ÷ number of values over all clusters. */
export function ratioOfSums(totals: readonly ClusterTotal[]): number {
  let [sum, count] = [0, 0];
  for (const total of totals) {
    sum += total.sum;
    count += total.count;
  }
  return sum / count;
}
