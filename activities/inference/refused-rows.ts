/** Calls that are all refused for one reason are no rows to be recorded: something is wrong with the stage. */
import { ActivityError } from '../attempts/errors.ts';
import { kindOf } from './retry-rules.ts';

/** Rows after which, if each was refused and none answered, no further one is asked. */
const ENOUGH = 20;

/** The calls of a row, as far as they are looked at. */
interface Asked {
  readonly calls: readonly { readonly error: string | null; readonly error_message: string | null }[];
}

/** What the server said of a row, where that was a refusal. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Whether a row was asked for and refused, so that no answer of any kind came. */
export function refusalOf({ calls }: Asked): Refusal | undefined {
  const refusals = calls.map(({ error, error_message: message }) =>
    error !== null && kindOf(error)?.fault === 'call'
      ? { code: error, message: message ?? error }
      : undefined,
  );
  return refusals.includes(undefined) ? undefined : refusals.at(-1);
}

/** The rows of a shard whose calls have ended. */
export class RefusedRows {
  private readonly unit: string;
  private readonly refusals: Refusal[] = [];
  private isAnyAnswered = false;

  /** @param unit what the rows are, in plural. */
  constructor(unit: string) {
    this.unit = unit;
  }

  /** @throws ActivityError with the code of the refusal, as `assertSomeAnswered`, once that is plain. */
  add(outcome: Asked): void {
    if (this.isAnyAnswered || outcome.calls.length === 0) return;
    const refusal = refusalOf(outcome);
    if (refusal === undefined) this.isAnyAnswered = true;
    else this.refusals.push(refusal);
    if (this.refusals.length >= ENOUGH) this.assertSomeAnswered();
  }

  /**
   * Where every row was refused for the same reason. One row alone may be at fault itself, unless it is the form of the
   * request that is refused.
   * @throws ActivityError with the code of the refusal, and what the server says
   */
  assertSomeAnswered(): void {
    const [first] = this.refusals;
    if (first === undefined || this.isAnyAnswered) return;
    const { code, message } = first;
    if (this.refusals.some((refusal) => refusal.code !== code)) return;
    if (this.refusals.length === 1 && code !== 'BAD_REQUEST') return;
    throw new ActivityError(
      code,
      `None of ${this.refusals.length} ${this.unit} could be had, all for one reason: ${message}`,
      { retryable: kindOf(code)?.isSentAgain === true },
    );
  }
}
