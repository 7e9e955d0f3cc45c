/** `prose worker`: runs a worker in the foreground. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import type { Part } from '../../deploy/stack/stack-part.ts';
import { noTemporal } from '../temporal/temporal-session.ts';

interface WorkerOptions {
  readonly queue: readonly string[];
  readonly withoutGpus?: boolean;
}

/** Signals this close to each other are one wish. */
const echoMs = 500;

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

export function addWorkerVerb(cli: Cli): void {
  cli.program
    .command('worker')
    .description('run a worker for some task queues, in the foreground')
    .requiredOption('--queue <names...>', 'task queues of configs/queues.yaml')
    .option('--without-gpus', 'play GPU task queues on the CPU, to try things out')
    .addHelpText(
      'after',
      `
It works for the Temporal server at TEMPORAL_ADDRESS, else for that of the project's local stack (\`prose up\`), and only on runs of
this project. A task queue with a GPU tag is
served only on a machine with such GPUs (of those in CUDA_VISIBLE_DEVICES, if set); each activity gets its own.

Examples:
  prose worker --queue prose
  TEMPORAL_ADDRESS=temporal.example.com:7233 prose worker --queue gpu-main gpu-validator`,
    )
    .action(async ({ queue, withoutGpus }: WorkerOptions) => {
      const [{ workerCommand }, { stackStatus }] = await Promise.all([
        import('../../deploy/stack/worker-command.ts'),
        import('../../deploy/stack/stack-status.ts'),
      ]);
      const parts = await stackStatus(cli.root);
      const running = (wanted: string): Part | undefined =>
        parts.find(({ name, health }) => name === wanted && health === 'running')?.part;
      const { env } = cli.context;
      const temporal = env['TEMPORAL_ADDRESS'] ? undefined : running('temporal');
      const address = env['TEMPORAL_ADDRESS'] || temporal?.address;
      if (address === undefined) throw noTemporal();
      const embeddedUrl = env['PROSE_EMBEDDED_URL'] || running('models')?.address;
      const args = [
        '--queues',
        queue.join(','),
        '--root',
        cli.root,
        ...(withoutGpus ? ['--without-gpus'] : []),
      ];
      const worker = workerCommand(packageRoot, args, {
        ...env,
        TEMPORAL_ADDRESS: address,
        ...(temporal?.mark !== undefined && { PROSE_TEMPORAL_MARK: temporal.mark }),
        ...(embeddedUrl !== undefined && { PROSE_EMBEDDED_URL: embeddedUrl }),
      });
      const child = spawn(worker.command, worker.args, {
        cwd: packageRoot,
        // It ends when the channel does, also where this process was killed and could not tell it.
        stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
        // Out of the terminal's process group, it gets a Ctrl-C once: a second one would cut its activities off.
        detached: true,
        env: worker.env,
      });
      const exited = once(child, 'exit');
      let toldAt = -Infinity;
      const release = cli.context.onEndSignal((signal) => {
        // npx passes on a Ctrl-C that this process has had from the terminal already.
        if (Date.now() - toldAt < echoMs) return;
        toldAt = Date.now();
        // The worker knows no SIGHUP, which would kill it in the middle of its work.
        child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
      });
      await exited;
      release();
      const isTold = toldAt !== -Infinity;
      if (child.exitCode === exitCodes.wrongInput) cli.exitCode = exitCodes.wrongInput;
      else if (child.exitCode !== 0 && !(isTold && child.signalCode !== null))
        cli.exitCode = exitCodes.failed;
    });
}
