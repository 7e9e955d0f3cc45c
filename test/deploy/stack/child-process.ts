/** Real, short-lived processes to try signals and locks on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { identifyProcess, type ProcessIdentity } from '../../../deploy/stack/process-identity.ts';

export interface Child {
  readonly process: ChildProcess;
  readonly identity: ProcessIdentity;
}

/** A Node process that runs `script`, which prints a line when it is ready. */
export async function startChild(script = 'setInterval(() => {}, 1000)'): Promise<Child> {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('ready')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await once(child.stdout, 'data');
  assert.ok(child.pid !== undefined);
  const identity = identifyProcess(child.pid);
  assert.ok(identity !== undefined);
  return { process: child, identity };
}

export async function killChild({ process: child }: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'prose-stack-'));
}
