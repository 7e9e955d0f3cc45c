/** Shows a run as it goes on, until it has ended or the user has seen enough. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import type { LedgerFiles } from '../../activities/inference/spend/ledger-files.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { isConnectionLost, runWaits } from './lost-connection.ts';
import { formatStatus, formatStatusLine } from './progress-view.ts';
import { RetryLines, retryText } from './retry-lines.ts';
import { ledgerOf, spendLine } from '../text/spend-text.ts';
import type { TemporalSession } from '../temporal/temporal-session.ts';
import { RunWatcher, type RunView } from './watch-run.ts';

const lookEveryMs = 1_000;
/** Without a terminal, how long the same tasks may only have grown before another line is written. */
const plainLineEveryMs = 5_000;

export interface FollowOptions {
  /** Show nothing. */
  readonly isQuiet: boolean;
  /** Called after every look at a run that goes on; may throw to end the watch. */
  readonly onLook?: (view: RunView) => Promise<void>;
}

/**
 * Resolves with the last view and whether the run has ended; it has not after a Ctrl-C, which leaves the run alone.
 * At a terminal the tree is redrawn, elsewhere a plain line is written when something has changed.
 */
export async function followRun(
  cli: Cli,
  session: TemporalSession,
  runId: string,
  { isQuiet, onLook }: FollowOptions,
): Promise<RunView> {
  const watcher = new RunWatcher(session, runId);
  const look = lookPatiently(cli, session, () => watcher.look());
  const detach = new AbortController();
  // Each of the client's long polls leaves a listener, one every 20 s: Node would warn of a leak in the middle of the progress.
  setMaxListeners(0, detach.signal);
  const release = cli.context.onInterrupt(() => detach.abort());
  // A look a second would end most runs half a second late. The call would keep the process until the run ends: it is given up.
  const ended = session.connection
    .withAbortSignal(detach.signal, () => session.client.workflow.getHandle(runId).result())
    .then(
      () => {},
      // Without the server the run goes on, unseen: the looks tell when it has ended.
      (error: unknown) => (isConnectionLost(error) ? new Promise<void>(() => {}) : undefined),
    );
  const display = isQuiet ? undefined : cli.isInteractive ? treeDisplay(cli) : lineDisplay(cli);
  try {
    for (;;) {
      const view = await look();
      display?.show(view);
      if (view.isEnded || detach.signal.aborted) return view;
      await onLook?.(view);
      const pause = sleep(lookEveryMs, undefined, { signal: detach.signal }).catch(() => {});
      await Promise.race([pause, ended]);
    }
  } finally {
    display?.end();
    release();
    detach.abort();
  }
}

/** A server that is gone for this long is not awaited any longer. */
const unreachableMs = 120_000;

/**
 * `look`, with a view without status while the server cannot be reached: the run waits on it, and whoever looks after
 * the stack brings it back. Throws `CliError` `NO_TEMPORAL` when it has not come back for long.
 */
export function lookPatiently(
  cli: Pick<Cli, 'note'>,
  { address }: Pick<TemporalSession, 'address'>,
  look: () => Promise<RunView>,
  nowMs: () => number = Date.now,
): () => Promise<RunView> {
  let last: RunView = { pending: [], progress: new Map(), isEnded: false };
  let lostAt: number | undefined;
  return async () => {
    const startedAt = nowMs();
    try {
      last = await look();
      if (lostAt !== undefined) cli.note(`Temporal at ${address} answers again.`);
      lostAt = undefined;
      return last;
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      if (lostAt === undefined) cli.note(`Temporal at ${address} does not answer: the run waits.`);
      lostAt ??= startedAt;
      if (nowMs() - lostAt >= unreachableMs) {
        const message = `Temporal at ${address} has not come back. ${runWaits}`;
        throw new CliError('NO_TEMPORAL', message, exitCodes.failed);
      }
      return { pending: [], progress: last.progress, isEnded: false };
    }
  };
}

interface Display {
  show(view: RunView): void;
  end(): void;
}

function treeDisplay(cli: Cli): Display {
  const draw = createLogUpdate(cli.context.stdout);
  let ledger: LedgerFiles | undefined;
  return {
    show: ({ status, progress, pending, inside }) => {
      if (status === undefined) draw('Waiting for a worker to answer …');
      else {
        const retries = pending.flatMap((activity) => retryText(activity) ?? []).map((line) => `  ${line}`);
        const lines = formatStatus(status, progress, Date.now(), cli.colors, inside);
        ledger ??= ledgerOf(cli.backend, status);
        ledger.refresh();
        const spent = spendLine(ledger.total, status.budget);
        if (spent !== undefined) lines.push(`  ${spent}`);
        draw([...lines, ...retries.slice(0, 3).map(cli.colors.yellow)].join('\n'));
      }
    },
    end: () => draw.done(),
  };
}

function lineDisplay(cli: Cli): Display {
  const startedAt = Date.now();
  const retries = new RetryLines();
  const print = (line: string): void => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    cli.print(`[${String(seconds).padStart(4)}s] ${line}`);
  };
  let shown = '';
  let shownTasks = '';
  let shownAt = 0;
  return {
    show: ({ status, progress, pending, inside }) => {
      for (const line of retries.update(Date.now(), pending)) print(line);
      if (status === undefined) return;
      const line = formatStatusLine(status, progress, inside);
      const tasks = line.replace(/[\d./]+/gu, '');
      if (line === shown || (tasks === shownTasks && Date.now() - shownAt < plainLineEveryMs)) return;
      [shown, shownTasks, shownAt] = [line, tasks, Date.now()];
      print(line);
    },
    end: () => {},
  };
}
