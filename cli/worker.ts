/** `prose worker`: runs a worker in the foreground. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exitCodes } from './cli-error.ts';
import type { Cli } from './cli.ts';

interface WorkerOptions {
  readonly queue: readonly string[];
}

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

export function addWorkerVerb(cli: Cli): void {
  cli.program
    .command('worker')
    .description('run a worker for some task queues, in the foreground')
    .requiredOption('--queue <names...>', 'task queues of configs/queues.yaml')
    .addHelpText(
      'after',
      `
It works for the Temporal server at TEMPORAL_ADDRESS, else for the local stack's.

Examples:
  prose worker --queue prose
  TEMPORAL_ADDRESS=temporal.example.com:7233 prose worker --queue gpu-main gpu-validator`,
    )
    .action(async ({ queue }: WorkerOptions) => {
      const [{ nodeCommand }, { stackStatus }] = await Promise.all([
        import('../deploy/stack/node-command.ts'),
        import('../deploy/stack/stack-status.ts'),
      ]);
      const parts = await stackStatus(cli.root);
      const addressOf = (wanted: string): string | undefined =>
        parts.find(({ name, health }) => name === wanted && health === 'running')?.part?.address;
      const { env } = cli.context;
      const address = env['TEMPORAL_ADDRESS'] || addressOf('temporal');
      const embeddedUrl = env['PROSE_EMBEDDED_URL'] || addressOf('models');
      const args = ['--queues', queue.join(','), '--root', cli.root];
      const { command, args: all } = nodeCommand(packageRoot, 'workers/main.ts', args);
      const child = spawn(command, all, {
        cwd: packageRoot,
        stdio: 'inherit',
        env: {
          ...env,
          ...(address !== undefined && { TEMPORAL_ADDRESS: address }),
          ...(embeddedUrl !== undefined && { PROSE_EMBEDDED_URL: embeddedUrl }),
        },
      });
      // A Ctrl-C reaches the child by itself; this process waits for it to end its activities.
      const release = cli.context.onInterrupt(() => {});
      await once(child, 'exit');
      release();
      if (child.exitCode !== 0 && child.signalCode === null) cli.exitCode = exitCodes.failed;
    });
}
