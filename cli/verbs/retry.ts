/** `prose retry`: lets a held task of a running run run again, or goes on with a run that has failed. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { RETRY_TASK_UPDATE, type RunOptions } from '../../workflows/messages.ts';
import { assertBudget, parseBudget } from '../start/budget.ts';
import { assertBeyond, assertTask } from '../follow/check-retry.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { followRun } from '../follow/follow-run.ts';
import { loadProjectSettings } from '../start/inputs.ts';
import { noWorkerError } from '../temporal/no-worker.ts';
import { sendUpdate } from '../operate/send-update.ts';
import { bringUpLocalStack } from '../start/local-stack.ts';
import { partsOfRun } from '../start/parts-of-run.ts';
import { ownProject } from '../start/own-project.ts';
import { endRun } from '../follow/run-end.ts';
import { orNoSuchRun } from '../temporal/runs.ts';
import { askStatusOf } from '../follow/run-slices.ts';
import { shellWord } from '../text/shell-word.ts';
import { ledgerOf } from '../text/spend-text.ts';
import { openTemporal } from '../temporal/temporal-session.ts';
import { keepStackUp } from '../follow/worker-watch.ts';

/** A query waits for a worker; without one it must not hang. */
const answerTimeoutMs = 10_000;

interface RetryOptions {
  readonly task?: string;
  readonly budget?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

export function addRetryVerb(cli: Cli): void {
  cli.program
    .command('retry')
    .description('run a held task of a run again, or go on with a run that has failed')
    .argument('<run>', "the run's id")
    .option(
      '--task <path>',
      'the task, e.g. explore[3].score[1]; of a run that has ended: with all that needs it',
    )
    .option('--budget <parts>', 'what a run that has ended may spend in all, in place of its budget')
    .option('--detach', 'go on with a run that has ended, and return')
    .option('--json', 'print one JSON object at the end, and no progress')
    .addHelpText(
      'after',
      `
Of a run that is running, --task names a held task (\`prose status\` shows what is held). A run that has failed, was
cancelled or terminated goes on under the same id, by the plan of its first start: what had succeeded is kept, what
failed or had not ended runs again, and with --task also that task and all that needs it. Without TEMPORAL_ADDRESS the
local stack is brought up.

Examples:
  prose retry prose-20261122-193805-x7f2
  prose retry prose-20261122-193805-x7f2 --budget calls=20000
  prose retry prose-20261122-193805-x7f2 --task 'explore[3].score[1]'`,
    )
    .action((runId: string, options: RetryOptions) => retryVerb(cli, runId, options));
}

async function retryVerb(cli: Cli, runId: string, options: RetryOptions): Promise<void> {
  const { task, detach, json } = options;
  const isQuiet = json === true;
  const budget = options.budget === undefined ? undefined : parseBudget(options.budget);
  if (budget !== undefined) assertBudget(budget, await loadProjectSettings(cli));
  const parts = await partsOfRun(cli.backend, runId);
  const isLocal = await bringUpLocalStack(cli, parts);
  const session = await openTemporal(cli);
  try {
    const { workflow } = session.client;
    const { status, type, taskQueue } = await orNoSuchRun(runId, workflow.getHandle(runId).describe());
    if (status.name === 'COMPLETED')
      throw wrongInput(
        `${runId} has succeeded: there is nothing to retry; \`prose run ${type}\` runs it anew`,
      );
    if (status.name === 'RUNNING') {
      if (task === undefined)
        throw wrongInput(
          `${runId} is running: name a held task with --task, as \`prose status ${shellWord(runId)}\` shows it`,
        );
      await sendUpdate(cli, runId, RETRY_TASK_UPDATE, { task });
      cli.print(neutraliseLine(`${task} of ${runId} runs again.`));
      return;
    }
    const ended = await askStatusOf(session, answerTimeoutMs)(runId);
    if (task !== undefined) {
      if (ended === undefined) throw await noWorkerError(cli.root, session, runId);
      // Of a very large run not all tasks are known here; the run knows them.
      if (ended.cut?.tasks === undefined) assertTask(task, runId, ended.tasks);
    }
    if (budget !== undefined) assertBeyond(ledgerOf(cli.backend, ended ?? { runId }).total, budget, runId);
    const resume: RunOptions = {
      resume: true,
      ...(await ownProject(cli)),
      ...(task !== undefined && { task }),
      ...(budget && { budget }),
    };
    await workflow.start(type, {
      args: [{}, resume],
      taskQueue,
      workflowId: runId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    });
    if (!isQuiet) cli.print(neutraliseLine(`${runId} goes on.`));
    if (detach === true) {
      if (isQuiet) cli.printJson({ runId, state: 'running', url: session.runUrl(runId) ?? null });
      return;
    }
    const view = await followRun(cli, session, runId, {
      isQuiet,
      ...(isLocal && { onLook: keepStackUp(cli, parts) }),
    });
    if (view.isEnded) await endRun(cli, session, runId, view, { isQuiet });
    else cli.print(`Stopped watching; the run goes on. Look again: prose status ${shellWord(runId)} --watch`);
  } finally {
    await session.close();
  }
}
