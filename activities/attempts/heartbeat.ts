/** Keeps Temporal informed while an activity waits for something slow. */
import { Context } from '@temporalio/activity';
import type { Progress } from '../activity.ts';

/** A cancelled activity hears of it with its next heartbeat: nobody wants to wait longer than this. */
const LONGEST_SILENCE_MS = 5_000;

export interface Pulse {
  /** Sends progress, which is sent again until there is newer. */
  readonly beat: (progress: Progress) => void;
  readonly stop: () => void;
}

/**
 * Heartbeats every third of the attempt's heartbeat timeout, at least every 5 s, with the last progress (at first
 * that of the attempt before), so that one slow model call neither times out the attempt nor hides a cancellation.
 * A worker that dies stops the beat, which is what the timeout is for. Needs Temporal's activity context.
 */
export function keepBeating(): Pulse {
  const context = Context.current();
  const { heartbeatTimeoutMs, heartbeatDetails } = context.info;
  let last: unknown = heartbeatDetails;
  const everyMs = Math.min(
    heartbeatTimeoutMs === undefined ? Infinity : heartbeatTimeoutMs / 3,
    LONGEST_SILENCE_MS,
  );
  const timer = setInterval(() => context.heartbeat(last), everyMs);
  return {
    beat: (progress) => {
      last = progress;
      context.heartbeat(progress);
    },
    stop: () => clearInterval(timer),
  };
}
