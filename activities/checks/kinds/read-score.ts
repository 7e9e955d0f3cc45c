/** What an expression, a program or a server says of an answer, as a result. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { cutText } from '../../../definitions/model/cut-text.ts';
import { scored, unscored, type CheckResult } from '../check.ts';

/** Characters of a reason that are kept. */
const MAX_REASON = 2_000;

/** A result from a score: true or false, or 0 to 1. `BAD_SCORE` for anything else. */
export function readScore(value: unknown, reason: unknown): CheckResult {
  const score = typeof value === 'boolean' ? Number(value) : value;
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    const found = cutText(JSON.stringify(value) ?? String(value), 80);
    return unscored('BAD_SCORE', `A score is true, false, or a number from 0 to 1, not ${found}.`);
  }
  return scored(score, typeof reason === 'string' && reason !== '' ? cutText(reason, MAX_REASON) : null);
}

/** A result from an object with `score` or `passed` and, if wanted, `reason`; undefined for what is none. */
export function readResult(value: unknown): CheckResult | undefined {
  if (!isFields(value)) return undefined;
  const { score, passed, reason } = value;
  return score === undefined && passed === undefined ? undefined : readScore(score ?? passed, reason);
}
