/** Runs a wait: for some time, until a time, or for an approval. Knows Temporal's timers only as `Timer`. */
import { evaluate } from '../../definitions/expressions/expression.ts';
import { parseTimestamp } from '../../definitions/model/timestamp.ts';
import type { Approval, Value, Wait } from '../../definitions/model/types.ts';
import { durationMs } from './activity-options.ts';
import { attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';
import { EXPRESSION_ERROR } from '../messages.ts';
import type { RunControl } from '../control/run-control.ts';
import { cancelled, failed, succeeded, type Settlement } from '../state/settlement.ts';

/** A durable timer. */
export interface Timer {
  /** Whether it ran out; false = it was cancelled, by `cancel` or with the run. */
  readonly ranOut: Promise<boolean>;
  readonly cancel: () => void;
}

export interface WaitSurroundings {
  readonly control: RunControl;
  /** Milliseconds since the epoch, by the workflow's clock. */
  readonly now: () => number;
  /** @param path of the task instance, to be shown with the timer. */
  readonly startTimer: (ms: number, path: string) => Timer;
}

/** Longest timer, in milliseconds: ten years. Temporal refuses some longer ones, which would hang the run. */
const MAX_TIMER_MS = 3_650 * 86_400_000;

/**
 * The value is `{}`, or for an approval `{ approved, by, note }`.
 *
 * @param since when the wait began, in milliseconds since the epoch: before this execution if an earlier one waited too.
 */
export function runWait(
  wait: Wait,
  path: string,
  scope: Scope,
  surroundings: WaitSurroundings,
  since: number,
): Promise<Settlement> {
  return 'approval' in wait
    ? runApproval(wait.approval, path, scope, surroundings, since)
    : runTimer(wait, path, scope, surroundings, since);
}

async function runTimer(
  wait: Exclude<Wait, { readonly approval: Approval }>,
  path: string,
  scope: Scope,
  { control, now, startTimer }: WaitSurroundings,
  since: number,
): Promise<Settlement> {
  const time = attempt(() => ('for' in wait ? wait.for : evaluate(wait.until, scope.bindings())));
  if (!time.ok) return time.failure;
  const until = 'for' in wait ? since + durationMs(wait.for) : timeOf(time.value);
  if (until === undefined || until - since > MAX_TIMER_MS)
    return failed(
      EXPRESSION_ERROR,
      `${JSON.stringify(time.value)} is no time with a zone in the next ten years.`,
    );
  const left = until - now();
  if (left <= 0) return succeeded({});
  const reason = `until ${new Date(until).toISOString()}`;
  const hide = control.show({ task: path, state: 'waiting', for: 'time', since, reason });
  const ranOut = await startTimer(left, path).ranOut;
  hide();
  return ranOut ? succeeded({}) : cancelled;
}

async function runApproval(
  { message, timeout, default: preset }: Approval,
  path: string,
  scope: Scope,
  { control, now, startTimer }: WaitSurroundings,
  since: number,
): Promise<Settlement> {
  const question = attempt(() => evaluate(message, scope.bindings()));
  if (!question.ok) return question.failure;
  const text = typeof question.value === 'string' ? question.value : JSON.stringify(question.value);
  const limit = timeout === undefined ? '' : ` (${preset ?? 'reject'} without an answer within ${timeout})`;
  const answered = control.ask(path, `${text}${limit}`, since);
  const timer =
    timeout === undefined
      ? undefined
      : startTimer(Math.max(1, since + Math.min(durationMs(timeout), MAX_TIMER_MS) - now()), path);
  void timer?.ranOut.then((ranOut) => {
    const note = `no answer within ${timeout ?? ''}`;
    if (ranOut) control.answer(path, { approved: preset === 'approve', by: 'timeout', note });
  });
  const answer = await answered;
  timer?.cancel();
  return answer === 'cancelled' ? cancelled : succeeded({ ...answer });
}

function timeOf(value: Value): number | undefined {
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}
