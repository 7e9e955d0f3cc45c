import assert from 'node:assert/strict';

/** Fails unless |actual − expected| ≤ tolerance. */
export function assertClose(actual: number | null, expected: number, tolerance: number): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= tolerance,
    `${actual} is not ${expected} ± ${tolerance}`,
  );
}
