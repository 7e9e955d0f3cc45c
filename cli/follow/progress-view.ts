/** A run's status as text. Pure. */
import type { TaskState } from '../../definitions/model/types.ts';
import type { RunStatus, TaskStatus } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { formatDuration } from '../text/duration-text.ts';
import { shellWord } from '../text/shell-word.ts';
import type { TaskProgress } from './progress-tracker.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';

export type Colors = Cli['colors'];
type ByTask = ReadonlyMap<string, TaskProgress>;

const barWidth = 20;
/** Before this share is done an estimate of the rest says nothing. */
const leastShareForEta = 0.03;

const symbols: { readonly [state in TaskState]: string } = {
  pending: '·',
  running: '▶',
  held: '‖',
  waiting: '◷',
  succeeded: '✔',
  failed: '✖',
  skipped: '↷',
  blocked: '⊘',
  cancelled: '■',
};

const endedStates = ['succeeded', 'failed', 'skipped', 'blocked', 'cancelled'] as const;

/**
 * The whole tree: a line for the run, one for each task, the failures, and what waits for an operator.
 *
 * @param inside runs inside it that wait for one.
 */
export function formatStatus(
  status: RunStatus,
  progress: ByTask,
  nowMs: number,
  colors: Colors,
  inside: readonly RunStatus[] = [],
): string[] {
  const rows = status.tasks.flatMap((task) => flatten(task, 0));
  const nameWidth = Math.max(0, ...rows.map(({ task, depth }) => task.name.length + 2 * depth));
  const took = formatDuration((status.endedAt ?? nowMs) - status.startedAt);
  return [
    `${colors.bold(neutraliseLine(status.runId))}  ${paint(status.state, colors)(status.state)}  ${took}`,
    ...rows.map(({ task, depth }) => {
      const name = `${'  '.repeat(depth)}${neutraliseLine(task.name)}`.padEnd(nameWidth);
      const symbol = paint(task.state, colors)(symbols[task.state]);
      return `  ${symbol} ${name}  ${taskText(task, progress, nowMs, colors)}`.trimEnd();
    }),
    ...(status.cut?.tasks === undefined
      ? []
      : [`  … and ${status.cut.tasks} more tasks: Temporal takes no larger answer`]),
    ...status.failures.map(({ task, state, type, message, tolerated }) =>
      paint(
        state,
        colors,
      )(
        `  ${neutraliseLine(`${task} ${state}${tolerated === true ? ', tolerated' : ''}: ${type} ${message}`)}`,
      ),
    ),
    ...[status, ...inside].flatMap((run) =>
      operatorLines(run, run === status ? '' : `${run.runId}: `, colors),
    ),
  ];
}

/** What waits for an operator, and the commands that go on. */
function operatorLines({ runId, paused, waiting }: RunStatus, whose: string, colors: Colors): string[] {
  const command = (verb: string, ...args: string[]): string =>
    `    ${neutraliseLine(['prose', verb, shellWord(runId), ...args].join(' '))}`;
  return [
    ...waiting.flatMap(({ task, state, for: what, reason }) => [
      colors.yellow(`  ${neutraliseLine(`${whose}${task} is ${state}: ${reason}`)}`),
      ...(what === 'decision' ? [command('retry', `--task '${task}'`, '(or skip, or fail)')] : []),
      ...(what === 'labels' ? [command('labels', 'ANSWERS.json', `--task '${task}'`)] : []),
      ...(what === 'approval' ? [command('approve', `--task '${task}'`, '(or with --reject)')] : []),
    ]),
    ...(paused
      ? [colors.yellow(`  ${neutraliseLine(whose)}The run is paused: nothing new starts.`), command('resume')]
      : []),
  ];
}

/** One plain line for logs: what runs and how far it is. Equal texts mean that nothing has moved. `inside`: as above. */
export function formatStatusLine(
  status: RunStatus,
  progress: ByTask,
  inside: readonly RunStatus[] = [],
): string {
  const rows = status.tasks.flatMap((task) => flatten(task, 0));
  const ended = status.tasks.filter(({ state }) => endedStates.some((other) => other === state)).length;
  if (rows.length === 0) return 'checking and pinning what will run';
  const running = rows
    .filter(({ task }) => task.state === 'running' && task.kind !== 'group')
    .map(({ task }) => {
      const own = progress.get(task.path);
      const { done, total } = instancesOf(task);
      const instances = total > 1 ? ` ${done}/${total}` : '';
      return `${task.path}${instances}${own === undefined ? '' : ` (${amountText(own, done > 0)})`}`;
    });
  const waiting = [status, ...inside].flatMap((run) =>
    run.waiting.map(({ task, state }) => `${run === status ? '' : `${run.runId}: `}${task} is ${state}`),
  );
  const paused = status.paused ? ['paused'] : [];
  return neutraliseLine(
    [`${ended} of ${status.tasks.length} tasks done`, ...paused, ...running, ...waiting].join(' · '),
  );
}

/**
 * What of a task is done, from 0 to 1: its ended instances, and the running ones by their own progress, which is of a
 * group the mean of its tasks, without those of its `catch`.
 */
export function shareDone(task: TaskStatus, byTask: ByTask): number {
  const { done, total } = instancesOf(task);
  const parts = (task.tasks ?? []).filter(({ isCatch }) => isCatch !== true);
  if (parts.length > 0) {
    const inner = parts.reduce((sum, each) => sum + shareDone(each, byTask), 0) / parts.length;
    if (total <= 1) return inner;
    // The tasks of a group know of the instances that have begun only.
    const begun = total - task.counts.pending;
    const ofOpen = Math.min(begun - done, Math.max(0, inner * begun - done));
    return (done + ofOpen) / total;
  }
  const progress = byTask.get(task.path);
  if (total === 0) return 0;
  if (progress === undefined || progress.total === 0 || done === total) return done / total;
  // The tracker has only what it saw; for a single instance that is all there is.
  if (total === 1) return progress.done / progress.total;
  const { running } = task.counts;
  const perInstance = progress.total / Math.min(total, done + running);
  const ofRunning = running - (progress.total - progress.done) / perInstance;
  return Math.min(1, (done + Math.min(running, Math.max(0, ofRunning))) / total);
}

function taskText(task: TaskStatus, byTask: ByTask, nowMs: number, colors: Colors): string {
  const progress = byTask.get(task.path);
  const { done, total } = instancesOf(task);
  const why = [
    ...(task.isCatch === true ? ['catch'] : []),
    ...(task.reason === undefined ? [] : [task.reason]),
  ];
  const reason = why.length === 0 ? '' : colors.dim(neutraliseLine(why.join(': ')));
  if (task.state === 'pending') return reason;
  const took = task.startedAt === undefined ? '' : formatDuration((task.endedAt ?? nowMs) - task.startedAt);
  const cached = task.cached === undefined ? '' : colors.dim(cachedText(task.cached, total));
  if (task.state !== 'running')
    return [total > 1 ? endedText(task.counts, total) : '', colors.dim(took), cached, reason]
      .filter(Boolean)
      .join('  ');

  const share = shareDone(task, byTask);
  const known = total > 1 || progress !== undefined;
  const filled = Math.round(share * barWidth);
  return [
    known ? `${'█'.repeat(filled)}${colors.dim('░'.repeat(barWidth - filled))}` : '',
    total > 1 ? `${done}/${total}` : '',
    cached,
    progress === undefined ? '' : colors.dim(amountText(progress, total > 1 && done > 0)),
    share >= leastShareForEta && task.startedAt !== undefined
      ? `${formatDuration(((nowMs - task.startedAt) * (1 - share)) / share)} left`
      : colors.dim(took),
  ]
    .filter(Boolean)
    .join('  ');
}

/** `×2000`, or where not all have succeeded `247 succeeded, 1753 cancelled`. */
function endedText(counts: TaskStatus['counts'], total: number): string {
  if (counts.succeeded === total) return `×${total}`;
  return endedStates
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`)
    .join(', ');
}

function cachedText(cached: number, total: number): string {
  return total === 1 ? 'from cache' : `${cached} from cache`;
}

/** `120/540 answers, 35/s`; without the total where it is not that of the whole task. */
function amountText({ done, total, unit, perSecond, note }: TaskProgress, isPartial: boolean): string {
  const amount = isPartial ? `${done} ${unit}` : `${done}/${total} ${unit}`;
  const besides = note === undefined ? '' : `, ${note}`;
  if (perSecond === undefined || perSecond === 0) return neutraliseLine(`${amount}${besides}`);
  const rate = perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
  return neutraliseLine(`${amount}, ${rate}/s${besides}`);
}

function instancesOf({ counts }: TaskStatus): { done: number; total: number } {
  const done = endedStates.reduce((sum, state) => sum + counts[state], 0);
  return { done, total: done + counts.running + counts.held + counts.waiting + counts.pending };
}

function flatten(task: TaskStatus, depth: number): { task: TaskStatus; depth: number }[] {
  return [{ task, depth }, ...(task.tasks ?? []).flatMap((inner) => flatten(inner, depth + 1))];
}

function paint(state: TaskState | RunStatus['state'], colors: Colors): (text: string) => string {
  const painters = {
    succeeded: colors.green,
    failed: colors.red,
    blocked: colors.red,
    terminated: colors.red,
    'timed out': colors.red,
    running: colors.cyan,
    held: colors.yellow,
    waiting: colors.yellow,
    cancelled: colors.yellow,
    skipped: colors.dim,
    pending: colors.dim,
  };
  return painters[state];
}
