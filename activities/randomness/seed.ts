import { createHash } from 'node:crypto';

/**
 * A seed for one random choice of a run: 31 bits (0 to 2147483647) of the sha256 of the run's seed and of what names
 * the choice. Different parts give unrelated seeds, and `('a', 'b')` another one than `('ab')`.
 */
export function deriveSeed(runSeed: number, ...parts: readonly (string | number)[]): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([runSeed, ...parts]))
    .digest();
  return hash.readUInt32BE(0) >>> 1;
}
