/**
 * Which process a pid stood for when it was written down. A pid alone is not enough: after a crash or a reboot the
 * system gives the same number to somebody else's process, and that one must never be signalled.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { errorCode } from '../../definitions/documents/system-error.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only: boot id and start tick on Linux, `ps`'s start time elsewhere. */
  readonly started: string;
}

/** Identity of the live process with this pid; undefined if there is none (a zombie counts as none). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/** Sends a signal to that very process; false if it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

function startOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc(5): the command name in parentheses may hold anything, so fields are counted from the last parenthesis:
  // the first is the state (field 3), the twentieth the start time in clock ticks since boot (field 22).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTick] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTick === undefined) return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTick}`;
}

function startByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/u, '');
  } catch {
    return undefined;
  }
}
