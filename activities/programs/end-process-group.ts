/** Time that a command has to tidy up after SIGTERM. */
const GRACE_MS = 5_000;

/**
 * Ends a process and everything it started: SIGTERM to its group, SIGKILL to what is left after 5 s.
 *
 * @param groupId id of the group = that of the process it was made for.
 * @returns a function to be called when the process and its output have ended: calls the SIGKILL off if all have.
 */
export function endProcessGroup(groupId: number): () => void {
  if (!signalGroup(groupId, 'SIGTERM')) return () => {};
  const timer = setTimeout(() => signalGroup(groupId, 'SIGKILL'), GRACE_MS);
  return () => {
    if (!signalGroup(groupId, 0)) clearTimeout(timer);
  };
}

/** Whether there is anything left of the group; the signal 0 only asks. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
