/** Runs a wait: for some time, until a time, for an approval, or for labels. Knows Temporal's timers only as `Timer`. */
import { evaluate } from '../../definitions/expressions/expression.ts';
import { parseTimestamp } from '../../definitions/model/timestamp.ts';
import type { Approval, Labels, Value, Wait } from '../../definitions/model/types.ts';
import { durationMs, isWholeDuration } from '../../definitions/model/duration.ts';
import { attempt } from '../state/attempt.ts';
import type { Scope } from '../state/bindings.ts';
import type { LabelledSoFar } from '../state/outcomes.ts';
import { EXPRESSION_ERROR, LABELS_MISSING } from '../messages.ts';
import { Labelling } from '../control/labelling.ts';
import type { RunControl } from '../control/run-control.ts';
import { cancelled, failed, succeeded, type Settlement } from '../state/settlement.ts';
import { textOf } from './text-of.ts';

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

/** What is known of a wait that began in an earlier execution, and what the next one will know. */
export interface WaitMemory {
  /** When the wait began, in milliseconds since the epoch. */
  readonly since: number;
  readonly labelled?: LabelledSoFar | undefined;
  readonly keep: (labelled: LabelledSoFar) => void;
}

/** Longest timer, in milliseconds: ten years. Temporal refuses some longer ones, which would hang the run. */
const MAX_TIMER_MS = 3_650 * 86_400_000;

/** The value is `{}`, for an approval `{ approved, by, note }`, for labels `{ complete, labelers, labels }`. */
export function runWait(
  wait: Wait,
  path: string,
  scope: Scope,
  surroundings: WaitSurroundings,
  memory: WaitMemory,
): Promise<Settlement> {
  if ('approval' in wait) return runApproval(wait.approval, path, scope, surroundings, memory.since);
  if ('labels' in wait) return runLabels(wait.labels, path, scope, surroundings, memory);
  return runTimer(wait, path, scope, surroundings, memory.since);
}

async function runTimer(
  wait: Exclude<Wait, { readonly approval: Approval } | { readonly labels: Labels }>,
  path: string,
  scope: Scope,
  { control, now, startTimer }: WaitSurroundings,
  since: number,
): Promise<Settlement> {
  const time = attempt(() => evaluate('for' in wait ? wait.for : wait.until, scope.bindings()));
  if (!time.ok) return time.failure;
  const until = 'for' in wait ? endOf(time.value, since) : timeOf(time.value);
  if (until === undefined || until - since > MAX_TIMER_MS) {
    const wanted = 'for' in wait ? "duration such as '30m'" : 'time with a zone';
    return failed(EXPRESSION_ERROR, `${JSON.stringify(time.value)} is no ${wanted} in the next ten years.`);
  }
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
  const question = textOf(message, scope);
  if (!question.ok) return question.failure;
  const limit = timeout === undefined ? '' : ` (${preset ?? 'reject'} without an answer within ${timeout})`;
  const answered = control.ask(path, `${question.value}${limit}`, since);
  const timer = startLimit(timeout, path, since, { now, startTimer });
  void timer?.ranOut.then((ranOut) => {
    const note = `no answer within ${timeout ?? ''}`;
    if (ranOut) control.answer(path, { approved: preset === 'approve', by: 'timeout', note });
  });
  const answer = await answered;
  timer?.cancel();
  return answer === 'cancelled' ? cancelled : succeeded({ ...answer });
}

async function runLabels(
  { message, labelers = 1, timeout, default: preset }: Labels,
  path: string,
  scope: Scope,
  { control, now, startTimer }: WaitSurroundings,
  { since, labelled, keep }: WaitMemory,
): Promise<Settlement> {
  const request = textOf(message, scope);
  if (!request.ok) return request.failure;
  const needed = attempt(() => evaluate(labelers, scope.bindings()));
  if (!needed.ok) return needed.failure;
  const count = Number(needed.value);
  if (typeof needed.value !== 'number' || !Number.isSafeInteger(count) || count < 1)
    return failed(EXPRESSION_ERROR, `'labelers' is ${JSON.stringify(needed.value)}, not a number of people.`);
  const whom = count === 1 ? 'one person' : `${count} people`;
  const limit = timeout === undefined ? '' : `, ${preset ?? 'fail'} after ${timeout}`;
  const labelling = new Labelling(count, labelled);
  const collected = control.collect(path, `${request.value} (by ${whom}${limit})`, since, labelling, () =>
    keep(labelling.soFar),
  );
  const timer = startLimit(timeout, path, since, { now, startTimer });
  void timer?.ranOut.then((ranOut) => {
    if (ranOut) control.endLabelling(path);
  });
  const value = await collected;
  timer?.cancel();
  if (value === 'cancelled') return cancelled;
  if (value.complete || preset === 'continue') return succeeded({ ...value });
  const came = labelling.text === '' ? 'nobody has' : `there is ${labelling.text}`;
  return failed(LABELS_MISSING, `The sample was to be labelled by ${whom} within ${timeout ?? ''}; ${came}.`);
}

/** The timer of a wait for people that may end without them. */
function startLimit(
  timeout: string | undefined,
  path: string,
  since: number,
  { now, startTimer }: Pick<WaitSurroundings, 'now' | 'startTimer'>,
): Timer | undefined {
  if (timeout === undefined) return undefined;
  return startTimer(Math.max(1, since + Math.min(durationMs(timeout), MAX_TIMER_MS) - now()), path);
}

function endOf(value: Value, since: number): number | undefined {
  return typeof value === 'string' && isWholeDuration(value) ? since + durationMs(value) : undefined;
}

function timeOf(value: Value): number | undefined {
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}
