import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalProcess, type ProcessIdentity } from './process-identity.ts';

const pollMs = 50;

/**
 * Ends that very process: SIGTERM, and after `graceMs` SIGKILL to it and whatever it started (a part leads its own
 * process group). Resolves once it is gone: true if it ran.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!signalProcess(identity, 'SIGTERM')) return false;
  const deadline = performance.now() + graceMs;
  while (isAlive(identity)) {
    if (performance.now() > deadline) killGroup(identity);
    await sleep(pollMs);
  }
  return true;
}

function killGroup(identity: ProcessIdentity): void {
  try {
    process.kill(-identity.pid, 'SIGKILL');
  } catch {
    signalProcess(identity, 'SIGKILL');
  }
}
