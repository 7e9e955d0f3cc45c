import type { Duration } from '../../definitions/model/types.ts';

const UNIT_MS: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration such as `500ms`, `30s`, `5m`, `12h` or `7d` in milliseconds. Throws RangeError for anything else. */
export function durationMs(duration: Duration): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) ?? [];
  const unitMs = UNIT_MS[unit];
  if (amount === undefined || unitMs === undefined) {
    throw new RangeError(`The duration ${JSON.stringify(duration)} is not a number with ms, s, m, h or d.`);
  }
  return Number(amount) * unitMs;
}
