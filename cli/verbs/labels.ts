/** `prose labels`: what people say of a run's answers. */
import { resolve } from 'node:path';
import type { KeptLabels } from '../../activities/labels/keep-labels.ts';
import type { Asked, Label, LabelProblem } from '../../activities/labels/read-labels.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { Store } from '../../activities/store/store.ts';
import { LABELS_UPDATE, type LabelsUpdate, type WaitingTask } from '../../workflows/messages.ts';
import { CliError, exitCodes, wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { askStatusOf, withSlices } from '../follow/run-slices.ts';
import { sendUpdate } from '../operate/send-update.ts';
import { openTemporal } from '../temporal/temporal-session.ts';

interface LabelsOptions {
  readonly task?: string;
  readonly by?: string;
  readonly done?: boolean;
  readonly json?: boolean;
}

const statusTimeoutMs = 10_000;

export function addLabelsVerb(cli: Cli): void {
  cli.program
    .command('labels')
    .description("take in what people have labelled of a run's answers; without a file, show who has")
    .argument('<run>', "the run's id")
    .argument('[file...]', 'JSON or CSV files, as the page saves them or the sheet was filled in')
    .option('--task <path>', 'the task that waits for labels (default: the one that does)')
    .option('--by <name>', 'who has labelled, where a file does not say')
    .option('--done', 'no more labels will come of these people, although some pairs have none')
    .option('--json', 'print what has become of the labels as JSON')
    .addHelpText(
      'after',
      `
Taking the same file in again changes nothing; another file of the same person is added, and what it says counts.

Examples:
  prose labels prose-20261122-193805-x7f2
  prose labels prose-20261122-193805-x7f2 labels-ada.json labels-ben.csv`,
    )
    .action(async (runId: string, files: readonly string[], options: LabelsOptions) => {
      const { createStore } = await import('../../activities/store/create-store.ts');
      const store = await createStore({ root: cli.root });
      try {
        await (files.length === 0
          ? showLabels(cli, store, runId, options)
          : takeLabels(cli, store, runId, files, options));
      } finally {
        await store.close();
      }
    });
}

async function showLabels(cli: Cli, store: Store, runId: string, { json }: LabelsOptions): Promise<void> {
  const [rows] = await Promise.all([
    store.query(
      `select labeler, count(distinct pair)::integer as pairs from people_labels where run = $run group by labeler order by labeler`,
      { run: runId },
    ),
    demandAsked(store, runId),
  ]);
  const { fileNameOfRun } = await import('../../activities/store/run-paths.ts');
  const page = resolve(cli.backend.localRoot, `results/people/${fileNameOfRun(runId)}/labels.html`);
  if (json === true) {
    cli.printJson({ page, labelers: rows });
    return;
  }
  cli.print(`Page: ${page}`);
  for (const row of rows)
    cli.print(neutraliseLine(`${String(row['labeler'])} has labelled ${String(row['pairs'])} pairs`));
  if (rows.length === 0) cli.print('Nobody has labelled anything yet.');
}

async function takeLabels(
  cli: Cli,
  store: Store,
  runId: string,
  files: readonly string[],
  { task: given, by, done = false, json }: LabelsOptions,
): Promise<void> {
  const { keepLabels } = await import('../../activities/labels/keep-labels.ts');
  const asked = await demandAsked(store, runId);
  const labels = await readAll(cli, files, asked, by);
  const task = await findWaiting(cli, runId, given);
  const known = await keepLabels(store, runId, asked, labels, true);
  if (task === undefined && known.some(({ added, changed }) => added + changed > 0))
    throw new CliError(
      'REFUSED',
      `Run ${runId} waits for no labels any more: it has gone on, and these would change nothing. \`prose retry ${runId} --task TASK\` lets it ask again.`,
      exitCodes.wrongInput,
    );
  const kept = task === undefined ? known : await keepLabels(store, runId, asked, labels);
  for (const { labeler, pairs, whole } of task === undefined ? [] : kept) {
    const isDone = done || whole === asked.pairs.size;
    const update: LabelsUpdate = { task: task ?? '', labeler, labels: pairs, done: isDone };
    await sendUpdate(cli, runId, LABELS_UPDATE, update);
  }
  if (json === true) cli.printJson(kept);
  else for (const one of kept) cli.print(neutraliseLine(keptText(one, asked.pairs.size)));
}

function keptText({ labeler, pairs, added, changed, same }: KeptLabels, all: number): string {
  const parts = [
    ...(added > 0 ? [`${added} new`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(same > 0 ? [`${same} known already`] : []),
  ];
  return `${labeler}: ${parts.join(', ')}; ${pairs} of ${all} pairs are labelled.`;
}

/** Throws `CliError` `WRONG_INPUT` with each line that is wrong: then no file is taken. */
async function readAll(
  cli: Cli,
  files: readonly string[],
  asked: Asked,
  by: string | undefined,
): Promise<Label[]> {
  const { readLabels } = await import('../../activities/labels/read-labels.ts');
  const labels: Label[] = [];
  const wrong: string[] = [];
  const lineOf = (file: string, { code, line, message }: LabelProblem): string =>
    neutraliseLine(`${file}${line === null ? '' : `:${line}`} ${code}: ${message}`);
  for (const file of files) {
    const read = await readLabels(resolve(cli.context.cwd, file), file, asked, by).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.name === 'ActivityError')
        throw wrongInput(error.message);
      throw error;
    });
    labels.push(...read.labels);
    wrong.push(...read.problems.map((problem) => lineOf(file, problem)));
  }
  if (wrong.length > 0) throw wrongInput(`Nothing was taken in:\n${wrong.slice(0, 50).join('\n')}`);
  return labels;
}

/** Throws `CliError` `NO_RESULTS`. */
async function demandAsked(store: Store, runId: string): Promise<Asked> {
  const { readAsked } = await import('../../activities/labels/keep-labels.ts');
  const asked = await readAsked(store, runId);
  if (asked !== undefined) return asked;
  throw new CliError(
    'NO_RESULTS',
    `Run ${runId} has asked nobody for labels (yet): that is done by a task with the activity askPeople.`,
    exitCodes.wrongInput,
  );
}

/** Path of the task that waits for labels; undefined if none does. Throws `CliError` `WRONG_INPUT` where several do. */
async function findWaiting(cli: Cli, runId: string, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) return given;
  const session = await openTemporal(cli);
  try {
    const ask = askStatusOf(session, statusTimeoutMs);
    const status = await ask(runId);
    const { waiting } = status === undefined ? { waiting: [] } : await withSlices(status, ask);
    const tasks = waiting.flatMap((one: WaitingTask) => (one.for === 'labels' ? [one.task] : []));
    if (tasks.length < 2) return tasks[0];
    throw wrongInput(
      `Several tasks of ${runId} wait for labels: ${tasks.join(', ')}. Choose one with --task.`,
    );
  } finally {
    await session.close();
  }
}
