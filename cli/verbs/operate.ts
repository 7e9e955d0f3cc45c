/** `prose retry`, `skip`, `fail`, `approve`, `pause` and `resume`: what an operator may do to a run in flight. */
import type { ApproveUpdate, TaskUpdate } from '../../workflows/messages.ts';
import * as messages from '../../workflows/messages.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { noWorkerError } from '../temporal/no-worker.ts';
import { orHasEnded } from '../temporal/runs.ts';
import { askStatusOf, ownerOf } from '../follow/run-slices.ts';
import { openTemporal, type TemporalSession } from '../temporal/temporal-session.ts';
import { neutraliseLine } from '../../activities/report/plain-text.ts';

/** An update waits for a worker; without one it must not hang. */
const updateTimeoutMs = 10_000;

/** The verbs about one held task; `retry`, which also resumes, is in retry.ts. */
const taskVerbs = [
  { verb: 'skip', update: messages.SKIP_TASK_UPDATE, description: 'skip a held task', done: 'is skipped' },
  {
    verb: 'fail',
    update: messages.FAIL_TASK_UPDATE,
    description: 'let a held task fail',
    done: 'has failed',
  },
] as const;

/** The verbs about the whole run. */
const runVerbs = [
  {
    verb: 'pause',
    update: messages.PAUSE_UPDATE,
    description: 'start no new task or item of a run; what runs finishes',
    done: 'is paused: `prose resume` goes on',
  },
  { verb: 'resume', update: messages.RESUME_UPDATE, description: 'go on with a paused run', done: 'goes on' },
] as const;

export function addOperatorVerbs(cli: Cli): void {
  for (const { verb, update, description, done } of taskVerbs) {
    cli.program
      .command(verb)
      .description(`${description} (\`prose status\` shows what is held)`)
      .argument('<run>', "the run's id")
      .requiredOption('--task <path>', 'the held task, e.g. explore[3].score[1]')
      .addHelpText(
        'after',
        `\nExample:\n  prose ${verb} prose-20261122-193805-x7f2 --task 'explore[3].score[1]'`,
      )
      .action(async (runId: string, { task }: TaskUpdate) => {
        await sendUpdate(cli, runId, update, { task });
        cli.print(neutraliseLine(`${task} of ${runId} ${done}.`));
      });
  }
  addApproveVerb(cli);
  for (const { verb, update, description, done } of runVerbs) {
    cli.program
      .command(verb)
      .description(description)
      .argument('<run>', "the run's id")
      .addHelpText('after', `\nExample:\n  prose ${verb} prose-20261122-193805-x7f2`)
      .action(async (runId: string) => {
        await sendUpdate(cli, runId, update);
        cli.print(neutraliseLine(`${runId} ${done}.`));
      });
  }
}

interface ApproveOptions extends TaskUpdate {
  readonly reject?: boolean;
  readonly by?: string;
  readonly note?: string;
}

function addApproveVerb(cli: Cli): void {
  cli.program
    .command('approve')
    .description('answer a task that waits for an approval (`prose status` shows what does)')
    .argument('<run>', "the run's id")
    .requiredOption('--task <path>', 'the waiting task, e.g. review')
    .option('--reject', 'say no')
    .option('--by <name>', 'who says so', cli.context.env['USER'])
    .option('--note <text>', 'why')
    .addHelpText(
      'after',
      "\nExample:\n  prose approve prose-20261122-193805-x7f2 --task review --reject --note 'too few pairs'",
    )
    .action(async (runId: string, { task, reject, by, note }: ApproveOptions) => {
      const answer: ApproveUpdate = {
        task,
        approved: reject !== true,
        ...(by !== undefined && { by }),
        ...(note !== undefined && { note }),
      };
      await sendUpdate(cli, runId, messages.APPROVE_UPDATE, answer);
      cli.print(neutraliseLine(`${task} of ${runId} is ${reject === true ? 'rejected' : 'approved'}.`));
    });
}

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
      throw await explain(error, session, runId);
    });
  } finally {
    await session.close();
  }
}

async function explain(error: unknown, session: TemporalSession, runId: string): Promise<unknown> {
  if (!(error instanceof Error)) return error;
  if (error.name === 'WorkflowUpdateFailedError')
    return new CliError(
      'REFUSED',
      error.cause instanceof Error ? error.cause.message : error.message,
      exitCodes.wrongInput,
    );
  if (error.name !== 'WorkflowUpdateRPCTimeoutOrCancelledError') return error;
  return noWorkerError(session, runId);
}
