/** One measured figure. */
export interface Figure {
  readonly area: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it was measured against, in the same run. */
  readonly against: string;
  readonly bar: number;
  readonly better: 'lower' | 'higher';
  /** Least, median and greatest of the repetitions. */
  readonly runs: readonly [number, number, number];
}

/** Prints a figure as one JSON line on standard output. */
export function printFigure(figure: Figure): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** Says how far a benchmark is, on standard error. */
export function printProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Least, median and greatest of the repetitions. */
export function spread(values: readonly number[]): Figure['runs'] {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return [at(0), (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, at(sorted.length - 1)];
}
