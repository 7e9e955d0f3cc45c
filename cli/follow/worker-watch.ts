/** Notices when nobody is left to work for a run, so that watching it never hangs in silence. */
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { usualParts, type PartName } from '../../deploy/stack/stack-part.ts';
import { isConnectionLost, runWaits } from './lost-connection.ts';
import { WORKFLOW_TASK_QUEUE } from '../../workflows/messages.ts';
import type { TemporalSession } from '../temporal/temporal-session.ts';

const checkEveryMs = 5_000;
const callTimeoutMs = 10_000;
/** A part that keeps dying is not mended by starting it once more. */
const maxRestarts = 3;

/**
 * For a run on the local stack: a function that, called often, checks now and then whether its parts are alive and
 * starts dead ones again; the run goes on where it was. Throws `CliError` `NO_WORKER` when they keep dying.
 *
 * @param parts that the run needs. Default: `usualParts`.
 */
export function keepStackUp(cli: Cli, parts: readonly PartName[] = usualParts): () => Promise<void> {
  let restarts = 0;
  return every(checkEveryMs, async () => {
    const { stackStatus } = await import('../../deploy/stack/stack-status.ts');
    const all = await stackStatus(cli.root);
    const dead = all.filter(({ name, health }) => parts.includes(name) && health !== 'running');
    if (dead.length === 0) return;
    const names = dead.map(({ name }) => name).join(', ');
    const logs = dead.flatMap(({ part }) => part?.logFile ?? []).join(', ');
    if (restarts === maxRestarts) {
      const message = `The local stack has stopped again (${names}; log: ${logs}). ${runWaits}`;
      throw new CliError('NO_WORKER', message, exitCodes.failed);
    }
    restarts += 1;
    cli.note(
      `The local stack has stopped (${names}; log: ${logs}.previous). Starting it again; the run goes on.`,
    );
    const { startStack } = await import('../../deploy/stack/start-stack.ts');
    const options = { root: cli.root, env: cli.context.env, log: (line: string) => cli.note(line), parts };
    await startStack(options).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The local stack cannot be started again: ${reason}. ${runWaits}`;
      throw new CliError('NO_WORKER', message, exitCodes.failed);
    });
  });
}

/** For a run elsewhere: says, once for each, which of its task queues nobody polls. */
export function tellQueuesWithoutWorkers(
  cli: Cli,
  session: TemporalSession,
  queues: readonly string[],
): () => Promise<void> {
  const told = new Set<string>();
  return every(checkEveryMs, async () => {
    for (const queue of new Set([WORKFLOW_TASK_QUEUE, ...queues])) {
      const isPolled = await hasPollers(session, queue).catch((error: unknown) => {
        // Whoever looks at the run tells that the server is gone.
        if (isConnectionLost(error)) return undefined;
        throw error;
      });
      if (isPolled === undefined) return;
      if (isPolled) told.delete(queue);
      else if (!told.has(queue)) {
        told.add(queue);
        cli.note(
          `No worker polls the task queue '${session.taskQueue(queue)}': the run waits. Start one: prose worker --queue ${queue}`,
        );
      }
    }
  });
}

async function hasPollers(
  { client, connection, taskQueue }: TemporalSession,
  queue: string,
): Promise<boolean> {
  const ask = () =>
    connection.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue(queue) },
      // temporal.api.enums.v1.TaskQueueType: 1 = workflow, 2 = activity; the client does not export its names.
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
      taskQueueType: queue === WORKFLOW_TASK_QUEUE ? 1 : 2,
    });
  const { pollers } = await connection.withDeadline(Date.now() + callTimeoutMs, ask);
  return pollers.length > 0;
}

function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  let last = 0;
  return async () => {
    if (Date.now() - last < ms) return;
    await work();
    last = Date.now();
  };
}
