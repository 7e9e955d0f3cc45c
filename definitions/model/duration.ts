/** Durations: a number with `ms`, `s`, `m`, `h` or `d`, such as `500ms`, `30s` or `1.5h`. Pure. */
import type { Duration } from './types.ts';

const UNIT_MS: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** How a duration is written in the input of an activity. */
export const DURATION = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$';

const DURATION_TEXT = new RegExp(DURATION);

/** How it is written in definitions, configs and options: whole and above zero, as Temporal takes it. */
export const WHOLE_DURATION = '^[1-9][0-9]{0,9}(ms|s|m|h|d)$';

export function isWholeDuration(text: string): boolean {
  return new RegExp(WHOLE_DURATION).test(text);
}

/** A duration in milliseconds. Throws RangeError for a text that is none. */
export function durationMs(duration: Duration): number {
  const unitMs = UNIT_MS[DURATION_TEXT.exec(duration)?.[2] ?? ''];
  if (unitMs === undefined)
    throw new RangeError(`The duration ${JSON.stringify(duration)} is not a number with ms, s, m, h or d.`);
  return Number.parseFloat(duration) * unitMs;
}
