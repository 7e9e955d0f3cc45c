/** Clients in processes of their own, so that none meets what another has left in its heap. */
import { execFileSync, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeCommand } from '../../deploy/stack/node-command.ts';
import { workerCommand } from '../../deploy/stack/worker-command.ts';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a client to its end, and returns what it printed on standard output.
 * @param file in this folder.
 * @param kind PROSE's client is measured in a process like a worker's; any other in Node as it comes.
 */
export function runClient(file: string, args: readonly string[], kind: 'worker' | 'plain'): string {
  const path = `bench/calls/${file}`;
  const client =
    kind === 'worker'
      ? workerCommand(packageRoot, args, process.env, path)
      : { ...nodeCommand(packageRoot, path, args), env: process.env };
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
  return execFileSync(client.command, client.args, { env: client.env, stdio, encoding: 'utf8' });
}
