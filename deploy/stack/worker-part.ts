/** The worker of the local stack: one process for all task queues. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PartContext } from './part-context.ts';
import { findJsonLine, spawnPart, waitForPart } from './spawn-part.ts';
import type { Part } from './stack-part.ts';
import { stackDirectory } from './stack-state.ts';
import { workerCommand } from './worker-command.ts';

/** Bundling the workflows on a busy machine with a cold disk is most of it. */
const readyTimeoutMs = 180_000;

/** What the worker is told by its environment and arguments. */
export interface WorkerInputs {
  readonly address: string;
  readonly embeddedUrl: string;
  readonly queues: readonly string[];
  /** Namespace by which the worker tells the stack's own Temporal server from a stranger's; absent for a server that is given. */
  readonly mark?: string;
}

/** Digest of what the worker is started with: another address, model server, queue or code makes it outdated. */
export function workerDigest({ sourceDigest, env, project }: PartContext, inputs: WorkerInputs): string {
  const where = [env['TEMPORAL_NAMESPACE'] ?? '', env['PROSE_TASK_QUEUE_PREFIX'] ?? ''];
  return createHash('sha256')
    .update(JSON.stringify(['worker', sourceDigest, project, inputs, ...where]))
    .digest('hex');
}

/** Starts the worker; resolves when it polls all of its task queues. */
export async function startWorker(
  context: PartContext,
  inputs: WorkerInputs,
  record: (part: Part) => Promise<void>,
): Promise<Part> {
  const { root, packageRoot, env } = context;
  const logFile = join(stackDirectory(root), 'logs', 'worker.log');
  // Its models are simulated or behind servers of their own, and no machine need have GPUs to try things out.
  const args = ['--queues', inputs.queues.join(','), '--root', root, '--without-gpus'];
  const process = await spawnPart({
    name: 'worker',
    ...workerCommand(packageRoot, args, {
      ...env,
      TEMPORAL_ADDRESS: inputs.address,
      PROSE_EMBEDDED_URL: inputs.embeddedUrl,
      ...(inputs.mark !== undefined && { PROSE_TEMPORAL_MARK: inputs.mark }),
    }),
    cwd: packageRoot,
    logFile,
  });
  const part: Part = {
    process,
    startedAt: new Date().toISOString(),
    logFile,
    digest: workerDigest(context, inputs),
  };
  await record(part);
  await waitForPart('worker', process, logFile, readyTimeoutMs, () => findJsonLine(logFile, 'ready'));
  return part;
}
