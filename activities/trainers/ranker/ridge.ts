/** Ridge regression on sparse rows, without an intercept. */

export interface SparseRow {
  readonly indices: Int32Array;
  /** Of the same length as `indices`. */
  readonly values: Float64Array;
}

const MOST_STEPS = 50;
/** Share of the slope's length at zero that may be left of it where the steps end. */
const TOLERANCE = 0.02;

/**
 * The weights w that minimise Σ (x·w − y)² + λ|w|², one y for each row: conjugate gradients (Hestenes & Stiefel, "Methods of
 * conjugate gradients for solving linear systems", J. Res. NBS 49, 1952).
 */
export function fitRidge(
  rows: readonly SparseRow[],
  targets: Float64Array,
  dimensions: number,
  lambda: number,
): Float64Array {
  const weights = new Float64Array(dimensions);
  const residual = transposed(rows, targets, dimensions);
  let direction = Float64Array.from(residual);
  let size = squareOf(residual);
  const goal = TOLERANCE ** 2 * size;
  for (let step = 0; step < MOST_STEPS && size > goal; step += 1) {
    const image = Float64Array.from(rows, (row) => product(row, direction));
    const curvature = squareOf(image) + lambda * squareOf(direction);
    const length = size / curvature;
    const back = transposed(rows, image, dimensions);
    for (let index = 0; index < dimensions; index += 1) {
      weights[index]! += length * direction[index]!;
      residual[index]! -= length * (back[index]! + lambda * direction[index]!);
    }
    const next = squareOf(residual);
    direction = direction.map((entry, index) => residual[index]! + (next / size) * entry);
    size = next;
  }
  return weights;
}

/** x·w. */
export function product({ indices, values }: SparseRow, weights: Float64Array): number {
  let sum = 0;
  for (let position = 0; position < indices.length; position += 1)
    sum += values[position]! * weights[indices[position]!]!;
  return sum;
}

function transposed(rows: readonly SparseRow[], targets: Float64Array, dimensions: number): Float64Array {
  const sums = new Float64Array(dimensions);
  for (const [row, { indices, values }] of rows.entries())
    for (let position = 0; position < indices.length; position += 1)
      sums[indices[position]!]! += targets[row]! * values[position]!;
  return sums;
}

function squareOf(vector: Float64Array): number {
  let sum = 0;
  for (const entry of vector) sum += entry * entry;
  return sum;
}
