/** `prose eval`: tries expressions on the values of a run. */
import { createInterface } from 'node:readline';
import { EVALUATE_QUERY, type EvaluateAnswer } from '../../workflows/messages.ts';
import { neutralise } from '../../activities/text/plain-text.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { noWorkerError } from '../temporal/no-worker.ts';
import { orNoSuchRun } from '../temporal/runs.ts';
import { openTemporal, type TemporalSession } from '../temporal/temporal-session.ts';

/** A query waits for a worker; without one it must not hang. */
const QUERY_TIMEOUT_MS = 10_000;

export function addEvalVerb(cli: Cli): void {
  cli.program
    .command('eval')
    .description('try expressions on the values of a run, as its outputs would see them now')
    .argument('<run>', "the run's id")
    .argument(
      '[expression]',
      'CEL, with or without ${ } around it (default: a prompt, or one a line of stdin)',
    )
    .addHelpText(
      'after',
      `
Examples:
  prose eval prose-20261122-193805-x7f2 'tasks.pairs.trainPairs >= params.minimumPairs'
  prose eval prose-20261122-193805-x7f2 "tasks.explore.filter(i, i.status == 'failed').size()"`,
    )
    .action(async (runId: string, expression: string | undefined) => {
      const session = await openTemporal(cli);
      const tell = async (asked: string): Promise<void> =>
        cli.printJson(await evaluateIn(cli, session, runId, asked));
      try {
        if (expression === undefined) await evaluateLines(cli, tell);
        else await tell(expression);
      } finally {
        await session.close();
      }
    });
}

/** One expression a line. Where somebody watches, a wrong one is told and the next is asked for; else it ends all. */
async function evaluateLines(cli: Cli, tell: (asked: string) => Promise<void>): Promise<void> {
  const { stdin, stdout } = cli.context;
  const isWatched = stdin.isTTY === true && cli.isInteractive;
  const lines = isWatched
    ? createInterface({ input: stdin, output: stdout, prompt: 'eval> ' })
    : createInterface({ input: stdin });
  if (isWatched) lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '')
      await tell(line).catch((error: unknown) => {
        if (!isWatched || !(error instanceof CliError)) throw error;
        cli.note(neutralise(error.message));
      });
    if (isWatched) lines.prompt();
  }
}

/** Throws `CliError`: `REFUSED` with the run's own words, `NO_SUCH_RUN`, `NO_WORKER`. */
async function evaluateIn(
  cli: Cli,
  session: TemporalSession,
  runId: string,
  asked: string,
): Promise<unknown> {
  const handle = session.client.workflow.getHandle(runId);
  await orNoSuchRun(runId, handle.describe());
  const answer = await session.connection
    .withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
      handle.query<EvaluateAnswer, [string]>(EVALUATE_QUERY, asked),
    )
    .catch(() => undefined);
  if (answer === undefined) throw await noWorkerError(cli.root, session, runId);
  if ('error' in answer) {
    const { type, message } = answer.error;
    throw new CliError('REFUSED', `${type}: ${message}`, exitCodes.wrongInput);
  }
  return answer.value;
}
