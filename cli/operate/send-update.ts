/** Asks a run in flight to do something: what `prose skip`, `fail`, `approve`, `pause`, `resume` and `retry` have in common. */
import type { TaskUpdate } from '../../workflows/messages.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { askStatusOf, ownerOf } from '../follow/run-slices.ts';
import { noWorkerError } from '../temporal/no-worker.ts';
import { orHasEnded } from '../temporal/runs.ts';
import { openTemporal, type TemporalSession } from '../temporal/temporal-session.ts';

/** An update waits for a worker; without one it must not hang. */
const updateTimeoutMs = 10_000;

/** Throws `CliError`: `REFUSED` with the run's own words, `NO_SUCH_RUN`, `WRONG_INPUT` for a run that has ended, `NO_WORKER`. */
export async function sendUpdate(cli: Cli, runId: string, update: string, input?: TaskUpdate): Promise<void> {
  const session = await openTemporal(cli);
  try {
    // A task of a large forEach may be in a slice, a workflow of its own.
    const owner =
      input === undefined ? runId : await ownerOf(input.task, runId, askStatusOf(session, updateTimeoutMs));
    const handle = session.client.workflow.getHandle(owner);
    const sent = session.connection.withDeadline(Date.now() + updateTimeoutMs, () =>
      input === undefined
        ? handle.executeUpdate<void, []>(update)
        : handle.executeUpdate<void, [TaskUpdate]>(update, { args: [input] }),
    );
    await orHasEnded(session, owner, sent).catch(async (error: unknown) => {
      throw await explain(cli.root, error, session, runId);
    });
  } finally {
    await session.close();
  }
}

async function explain(
  root: string,
  error: unknown,
  session: TemporalSession,
  runId: string,
): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  if (error.name === 'WorkflowUpdateFailedError')
    return new CliError(
      'REFUSED',
      error.cause instanceof Error ? error.cause.message : error.message,
      exitCodes.wrongInput,
    );
  if (error.name !== 'WorkflowUpdateRPCTimeoutOrCancelledError') return error;
  return noWorkerError(root, session, runId);
}
