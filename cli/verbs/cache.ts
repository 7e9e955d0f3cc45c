/** `prose cache`: why a task ran again, and what is kept. */
import { InvalidArgumentError } from 'commander';
import { wrongInput } from '../cli-error.ts';
import type { Backend } from '../../activities/store/backend.ts';
import type { Cli } from '../cli.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { clearEntries, listDecidedTasks } from '../../activities/attempts/task-cache/entries.ts';
import type { Difference } from '../../activities/attempts/task-cache/explain.ts';
import type { Explanation } from '../../activities/attempts/task-cache/explain-task.ts';
import { durationMs } from '../../definitions/model/duration.ts';
import { didYouMean } from '../../definitions/model/did-you-mean.ts';

/** Differences that are printed; --json has all. */
const maxShown = 20;

const headlines = {
  hit: 'was taken from the cache',
  miss: 'ran again',
  stale: 'ran again',
  uncacheable: 'ran',
  off: 'ran',
} as const;

export function addCacheVerb(cli: Cli): void {
  const cache = cli.program
    .command('cache')
    .description('tell why a task with `cache` ran again, or forget what is kept')
    .addHelpText(
      'after',
      `
Examples:
  prose cache explain 'explore[3].answer'
  prose cache explain label --run mine-20261122-193805-x7f2 --json
  prose cache clear --older-than 30d`,
    );
  cache
    .command('explain')
    .description('why a task ran again, or whose outputs it took')
    .argument('<task>', 'path of the task, such as explore[3].answer')
    .option('--run <run>', "the run's id (default: the run in which the task started last)")
    .option('--json', 'print JSON')
    .action(async (task: string, { run, json }: { readonly run?: string; readonly json?: boolean }) => {
      const { explainTask } = await import('../../activities/attempts/task-cache/explain-task.ts');
      const explanation = await explainTask(cli.backend, task, run);
      if (explanation === undefined) throw await nothingDecided(cli.backend, task, run);
      if (json === true) cli.printJson(explanation);
      else for (const line of explanationLines(explanation)) cli.print(neutraliseLine(line));
    });
  cache
    .command('clear')
    .description('forget the outputs of tasks that are kept; tables and the answers of models stay')
    .option('--older-than <duration>', 'only those kept longer ago, such as 30d', parseDuration)
    .option('--json', 'print JSON')
    .action(async ({ olderThan, json }: { readonly olderThan?: number; readonly json?: boolean }) => {
      const before =
        olderThan === undefined ? undefined : new Date(Math.max(0, Date.now() - olderThan)).toISOString();
      const cleared = await clearEntries(cli.backend, before);
      if (json === true) cli.printJson({ cleared });
      else cli.print(`Forgot the kept outputs of ${cleared} ${cleared === 1 ? 'task' : 'tasks'}.`);
    });
}

/** An explanation as text; the lines may hold what others wrote. */
export function explanationLines({ decision, nearest }: Explanation): readonly string[] {
  const { task, run, activity, outcome, reason } = decision;
  const head = [`${task} (${activity}) of ${run} ${headlines[outcome]}.`, reason];
  if (outcome !== 'miss') return head;
  if (nearest === undefined) return [...head, `No other success of ${activity} is kept.`];
  const { differences } = nearest;
  const shown = differences.slice(0, maxShown).map(differenceLine);
  const more = differences.length - shown.length;
  return [
    ...head,
    `The nearest is ${nearest.task} of ${nearest.run} (${nearest.at}), from which differ:`,
    ...shown,
    ...(more > 0 ? [`  … and ${more} more (--json has all)`] : []),
  ];
}

function differenceLine({ kind, name, before, now }: Difference): string {
  const values = now === undefined ? '' : `  ${JSON.stringify(before)} → ${JSON.stringify(now)}`;
  return `  ${kind.padEnd(6)}  ${name}${values}`;
}

async function nothingDecided(backend: Backend, task: string, run: string | undefined): Promise<Error> {
  const known = await listDecidedTasks(backend);
  const where = run === undefined ? '' : ` of ${run}`;
  const hint = known.includes(task) || known.length === 0 ? '' : ` ${didYouMean(task, known)}`;
  return wrongInput(
    `Nothing is known of a task ${task}${where}: it has not started, or it does not say \`cache\`.${hint}`,
  );
}

function parseDuration(text: string): number {
  try {
    return durationMs(text);
  } catch {
    throw new InvalidArgumentError('a duration such as 12h or 30d is expected');
  }
}
