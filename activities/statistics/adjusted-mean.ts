/** A mean of paired differences, less what a covariate that differs as well explains of them. */
import { clusterMean, type ClusterMean } from './cluster-mean.ts';
import { ratioOfSums } from './clusters.ts';
import { groupBy } from './group-by.ts';

/** One observation. */
export interface Point {
  readonly covariate: number;
  readonly value: number;
}

/** The observations of one unit with and without the treatment. */
export interface PairedPoints {
  readonly cluster: string;
  /** The unit's difference, treated − untreated, that the mean is of. */
  readonly difference: number;
  /** One at least of each. */
  readonly treated: readonly Point[];
  readonly untreated: readonly Point[];
}

interface AdjustedMean extends ClusterMean {
  /** Units of value for a unit of the covariate. */
  readonly slope: number;
}

/** Spread of the covariate below this, in its unit squared, is none. */
const ROUNDING = 1e-9;

/**
 * The mean difference at an equal covariate: mean difference − slope · mean difference of the covariate. The slope is that of
 * values on the covariate among observations that have unit and treatment in common, and among the differences of units of one cluster,
 * by least squares: what treatment, cluster or unit do to both is not in it. Its interval is that of the mean of what each unit
 * contributes to the estimate, the slope's error included, over clusters (`clusterMean`; linearization: Binder, "On the variances of
 * asymptotically normal estimators from complex surveys", International Statistical Review 51(3), 1983).
 *
 * Null where the covariate does not vary there, so that nothing tells the slope. Throws as `clusterMean`.
 */
export function adjustedMean(units: readonly PairedPoints[], level = 0.95): AdjustedMean | null {
  const parts = [...groupBy(units, ({ cluster }) => cluster).values()].flatMap(partsOfCluster);
  const sum = (pick: (part: Part) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const squares = sum((part) => part.squares);
  if (squares < ROUNDING) return null;
  const slope = sum((part) => part.products) / squares;
  const shift = sum((part) => part.shift) / parts.length;
  const contributions = parts.map((part) => ({
    cluster: part.cluster,
    value:
      part.difference -
      slope * part.shift -
      (shift * parts.length * (part.products - slope * part.squares)) / squares,
  }));
  return { ...clusterMean(contributions, level), slope };
}

/** What a unit adds to the estimate. */
interface Part {
  readonly cluster: string;
  readonly difference: number;
  /** Its difference of the covariate. */
  readonly shift: number;
  /** Of departures of covariate and value, and of the covariate alone. */
  readonly products: number;
  readonly squares: number;
}

function partsOfCluster(units: readonly PairedPoints[]): Part[] {
  const measured = units.map(({ treated, untreated, ...unit }) => {
    const [own, other] = [summarise(treated), summarise(untreated)];
    return {
      ...unit,
      own,
      other,
      shift: own.covariate - other.covariate,
      change: own.value - other.value,
      // Of a difference of two means, in observations.
      weight: 1 / (1 / treated.length + 1 / untreated.length),
    };
  });
  const weighted = (pick: (unit: (typeof measured)[number]) => number): number =>
    ratioOfSums(measured.map((unit) => ({ sum: unit.weight * pick(unit), count: unit.weight })));
  const [shift, change] = [weighted((unit) => unit.shift), weighted((unit) => unit.change)];
  return measured.map((unit) => {
    const off = unit.weight * (unit.shift - shift);
    return {
      cluster: unit.cluster,
      difference: unit.difference,
      shift: unit.shift,
      products: unit.own.products + unit.other.products + off * (unit.change - change),
      squares: unit.own.squares + unit.other.squares + off * (unit.shift - shift),
    };
  });
}

/** Means, and sums of the departures from them. */
function summarise(points: readonly Point[]): Point & Pick<Part, 'products' | 'squares'> {
  const mean = (pick: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const covariate = mean((point) => point.covariate);
  const value = mean((point) => point.value);
  let [products, squares] = [0, 0];
  for (const point of points) {
    products += (point.covariate - covariate) * (point.value - value);
    squares += (point.covariate - covariate) ** 2;
  }
  return { covariate, value, products, squares };
}
