/** Weighted, L2-regularised logistic regression on sparse rows, without an intercept. */
import { RankerError } from './ranker-error.ts';

export interface LogisticRow {
  readonly indices: Int32Array;
  /** Of the same length as `indices`. */
  readonly values: Float64Array;
  /** Probability of the outcome, 0 to 1 (a soft label). */
  readonly probability: number;
  /** At least 0. */
  readonly weight: number;
}

/** Gradient entries below this, per unit of weight, count as zero. */
const TOLERANCE = 1e-6;

/**
 * The weights β that minimise Σ w·(cross-entropy of the label under σ(x·β)) + λ/2·|β|²: truncated Newton
 * (conjugate gradients for the step, halved until the loss falls; Lin, Weng & Keerthi, "Trust region Newton
 * method for large-scale logistic regression", JMLR 9, 2008). Strictly convex for λ > 0: one answer, which `start`
 * (default 0) only finds sooner.
 * Throws `RankerError` `NOT_CONVERGED` after 100 steps.
 */
export function fitLogistic(
  rows: readonly LogisticRow[],
  dimensions: number,
  lambda: number,
  start?: Float64Array,
): Float64Array {
  let beta = Float64Array.from(start ?? new Float64Array(dimensions));
  let loss = lossOf(rows, beta, lambda);
  const scale = Math.max(
    1,
    rows.reduce((sum, { weight }) => sum + weight, 0),
  );
  for (let step = 0; step < 100; step += 1) {
    const gradient = gradientOf(rows, beta, lambda);
    if (gradient.every((entry) => Math.abs(entry) <= TOLERANCE * scale)) return beta;
    const direction = newtonDirection(rows, beta, lambda, gradient);
    const slope = dot(gradient, direction);
    let length = 1;
    let next = move(beta, direction, length);
    let nextLoss = lossOf(rows, next, lambda);
    while (nextLoss > loss + 1e-4 * length * slope && length > 1e-10) {
      length /= 2;
      next = move(beta, direction, length);
      nextLoss = lossOf(rows, next, lambda);
    }
    // No smaller loss can be told apart in floating point: this is the minimum.
    if (nextLoss >= loss) return beta;
    [beta, loss] = [next, nextLoss];
  }
  throw new RankerError(
    'NOT_CONVERGED',
    `Training with an L2 penalty of ${lambda} did not converge in 100 steps.`,
  );
}

/** x·β. */
export function predict(
  { indices, values }: Pick<LogisticRow, 'indices' | 'values'>,
  beta: Float64Array,
): number {
  let score = 0;
  for (let position = 0; position < indices.length; position += 1) {
    score += values[position]! * beta[indices[position]!]!;
  }
  return score;
}

/** Cross-entropy in nats of a soft label under σ(score). */
export function crossEntropy(score: number, probability: number): number {
  // log(1 + e^score) − p·score, without overflow.
  return Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - probability * score;
}

function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

function lossOf(rows: readonly LogisticRow[], beta: Float64Array, lambda: number): number {
  const penalty = (lambda / 2) * dot(beta, beta);
  return rows.reduce(
    (sum, row) => sum + row.weight * crossEntropy(predict(row, beta), row.probability),
    penalty,
  );
}

function gradientOf(rows: readonly LogisticRow[], beta: Float64Array, lambda: number): Float64Array {
  const gradient = scaled(beta, lambda);
  for (const row of rows) addTo(gradient, row, row.weight * (sigmoid(predict(row, beta)) - row.probability));
  return gradient;
}

/** Solves (Σ w·σ(1−σ)·x·xᵀ + λ) s = −g to a tenth of g's length, preconditioned by the matrix's diagonal. */
function newtonDirection(
  rows: readonly LogisticRow[],
  beta: Float64Array,
  lambda: number,
  gradient: Float64Array,
): Float64Array {
  const curvatures = rows.map((row) => {
    const share = sigmoid(predict(row, beta));
    return row.weight * share * (1 - share);
  });
  const diagonal = new Float64Array(gradient.length).fill(lambda);
  rows.forEach(({ indices, values }, row) => {
    indices.forEach((index, position) => {
      diagonal[index]! += curvatures[row]! * values[position]! ** 2;
    });
  });
  const direction = new Float64Array(gradient.length);
  const residual = scaled(gradient, -1);
  let preconditioned = residual.map((entry, index) => entry / diagonal[index]!);
  let conjugate = preconditioned;
  let size = dot(residual, preconditioned);
  const goal = 0.01 * size;
  for (let step = 0; step < 200 && size > goal; step += 1) {
    const product = scaled(conjugate, lambda);
    rows.forEach((row, index) => addTo(product, row, curvatures[index]! * predict(row, conjugate)));
    const length = size / dot(conjugate, product);
    for (let index = 0; index < direction.length; index += 1) {
      direction[index]! += length * conjugate[index]!;
      residual[index]! -= length * product[index]!;
    }
    preconditioned = residual.map((entry, index) => entry / diagonal[index]!);
    const nextSize = dot(residual, preconditioned);
    conjugate = move(preconditioned, conjugate, nextSize / size);
    size = nextSize;
  }
  return direction;
}

function addTo(target: Float64Array, { indices, values }: LogisticRow, factor: number): void {
  for (let position = 0; position < indices.length; position += 1) {
    target[indices[position]!]! += factor * values[position]!;
  }
}

function move(from: Float64Array, direction: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const moved = new Float64Array(from.length);
  for (let index = 0; index < moved.length; index += 1)
    moved[index] = from[index]! + length * direction[index]!;
  return moved;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += one[index]! * other[index]!;
  return sum;
}

function scaled(vector: Float64Array, factor: number): Float64Array<ArrayBuffer> {
  return move(new Float64Array(vector.length), vector, factor);
}
