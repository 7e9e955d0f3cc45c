import { spawn } from 'node:child_process';

/** Reads a line that is sent when all is well; the end of input without one means that the sender is dead. */
const SCRIPT = 'read -r line || { kill -s TERM -- "-$1"; sleep 5; kill -s KILL -- "-$1"; }';

/**
 * Has a process group ended if this process dies without a chance to do so itself, as by SIGKILL: a small process of its own
 * waits for the end of a pipe that only this one holds. SIGTERM to the group, SIGKILL to what is left after 5 s.
 *
 * @param groupId id of the group = that of the process it was made for.
 * @returns a function that calls it off, to be called as soon as the group has ended.
 */
export function guardProcessGroup(groupId: number): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'sh', String(groupId)], {
    // What is sent to this process's own group must not end the guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell the group is merely not guarded.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => void guard.stdin.end('ended\n');
}
