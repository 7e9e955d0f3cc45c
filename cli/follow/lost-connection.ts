/** Tells a Temporal server that cannot be reached from one that has answered with an error. */

/** gRPC's DEADLINE_EXCEEDED, INTERNAL (a stream that was cut) and UNAVAILABLE. */
const lostCodes: readonly unknown[] = [4, 13, 14];

/** Whether an error of the Temporal client says that the server did not answer. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The client wraps the error of gRPC, which has the code, in one of its own.
  return ('code' in error && lostCodes.includes(error.code)) || isConnectionLost(error.cause);
}

/** What to do about a run whose server or workers are gone. */
export const runWaits = 'The run waits: `prose up` brings it back, `prose status` shows it';
