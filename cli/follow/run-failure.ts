/** Why a run has failed that its status says nothing of: it ended before its first task. */
import { isFields } from '../../definitions/documents/fields.ts';
import { neutralise } from '../../activities/text/plain-text.ts';
import { isConnectionLost } from './lost-connection.ts';
import type { TemporalSession } from '../temporal/temporal-session.ts';
import type { Problem } from '../../definitions/documents/problem.ts';

export interface RunFailure {
  /** Error type (code), e.g. `INVALID_PARAMS`. */
  readonly type: string;
  readonly message: string;
  /** What is wrong with its definition, params or configs. */
  readonly problems: readonly Problem[];
}

/** The failure of a run that has ended; undefined if it has not failed. Throws when the server is gone. */
export function fetchFailure({ client }: TemporalSession, runId: string): Promise<RunFailure | undefined> {
  return client.workflow
    .getHandle(runId)
    .result()
    .then(
      () => undefined,
      (error: unknown) => {
        if (isConnectionLost(error)) throw error;
        return readFailure(error);
      },
    );
}

/** The innermost failure that has a type: Temporal wraps it in those of the activity and the workflow. */
export function readFailure(error: unknown): RunFailure {
  let found: RunFailure | undefined;
  let last: unknown = error;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    last = cause;
    if (!('type' in cause) || typeof cause.type !== 'string') continue;
    const details: unknown = 'details' in cause ? cause.details : undefined;
    const problems = Array.isArray(details) ? details.filter(isProblem) : [];
    found = { type: cause.type, message: cause.message, problems };
  }
  if (found !== undefined) return found;
  return last instanceof Error
    ? { type: last.name, message: last.message, problems: [] }
    : { type: 'Error', message: String(last), problems: [] };
}

/** The failure for people; its message names the first problems already. */
export function failureText({ type, message }: RunFailure): string {
  return neutralise(`${type}: ${message}`);
}

function isProblem(value: unknown): value is Problem {
  return (
    isFields(value) &&
    ['code', 'message', 'advice', 'file', 'path'].every((key) => typeof value[key] === 'string') &&
    ['line', 'column'].every((key) => typeof value[key] === 'number')
  );
}
