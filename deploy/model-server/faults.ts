/** Faults on request, to show what a client makes of them. Which request meets which is fixed by seed and body. */
import { uniformOf } from './world/random.ts';

export const faultKinds = [
  'error500',
  'error429',
  'error429RetryAfter',
  'error503',
  'hang',
  'cutConnection',
  'malformedBody',
  'truncatedContent',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultOptions {
  /** Share of first requests that fail, 0 to 1. Default 0. */
  readonly faultRate?: number | undefined;
  /** Which faults occur. Default: all. */
  readonly faultKinds?: readonly FaultKind[] | undefined;
  /** Integer. Default 1. */
  readonly faultSeed?: number | undefined;
  /** Milliseconds after the start during which everything is answered with 503. Default 0. */
  readonly slowStartMs?: number | undefined;
}

/** Requests of one body that can fail before one is sure to succeed. */
const MOST_FAULTS = 2;

/** Decides on the fault that a request meets; requests with the same digest are counted. */
export function createFaults(options: FaultOptions): (digest: string) => FaultKind | undefined {
  const { faultRate = 0, faultSeed = 1 } = options;
  const kinds = options.faultKinds ?? faultKinds;
  const requestCounts = new Map<string, number>();
  return (digest) => {
    if (faultRate <= 0 || kinds.length === 0) return undefined;
    const count = requestCounts.get(digest) ?? 0;
    requestCounts.set(digest, count + 1);
    if (count >= MOST_FAULTS || uniformOf('fault', faultSeed, digest, count) >= faultRate) return undefined;
    return kinds[Math.floor(uniformOf('kind', faultSeed, digest, count) * kinds.length)];
  };
}
