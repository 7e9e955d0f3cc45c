/**
 * Which runs were being worked on when a worker process died of it, or was blocked, in `.prose/ended-workers.json`: one that was
 * so again and again is set aside. Its workflow tasks are refused until somebody lets it try again.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An execution of a run, by Temporal's ids. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

export interface EndedWorkers extends Execution {
  /** Worker processes that died while they worked on it. */
  readonly ends: number;
  /** Times that it blocked a thread of a worker for so long that Temporal's SDK broke it off. */
  readonly blocks: number;
  /** The last of these. */
  readonly reason: string;
  /** Its time, as ISO 8601. */
  readonly at: string;
}

/** So many ends, or so many times that a thread was blocked, set a run aside. */
const MOST_ENDS = 2;
const MOST_BLOCKS = 5;

function fileOf(root: string): string {
  return join(root, '.prose', 'ended-workers.json');
}

/** All that is known, the last end first. A file that a power failure has cut tells nothing, and must keep no worker from starting. */
export function readEndedWorkers(root: string): readonly EndedWorkers[] {
  let text: string;
  try {
    text = readFileSync(fileOf(root), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return JSON.parse(text) as EndedWorkers[];
  } catch {
    return [];
  }
}

export function isSetAside({ ends, blocks }: EndedWorkers): boolean {
  return ends >= MOST_ENDS || blocks >= MOST_BLOCKS;
}

/** What to tell of a run that is set aside. */
export function saySetAside({ workflowId, ends, blocks, reason }: EndedWorkers): string {
  const times = ends > 0 ? `ended a worker ${ends} times` : `blocked a worker ${blocks} times`;
  return `The run '${workflowId}' is set aside: it has ${times}. The last time: ${reason}`;
}

/** Counts one more for each of the executions. */
export function addEndedWorker(
  root: string,
  executions: readonly Execution[],
  what: 'ends' | 'blocks',
  reason: string,
): void {
  const known = readEndedWorkers(root);
  const at = new Date().toISOString();
  const ended = executions.map(({ workflowId, runId }) => {
    const { ends, blocks } = known.find((other) => other.runId === runId) ?? { ends: 0, blocks: 0 };
    const counts = { ends, blocks };
    return { workflowId, runId, ...counts, [what]: counts[what] + 1, reason, at };
  });
  const others = known.filter(({ runId }) => ended.every((execution) => execution.runId !== runId));
  write(root, [...ended, ...others]);
}

/** Forgets the executions for which `isMeant`; says whether there was one. */
export function forgetEndedWorkers(root: string, isMeant: (run: EndedWorkers) => boolean): boolean {
  const known = readEndedWorkers(root);
  const others = known.filter((run) => !isMeant(run));
  if (others.length === known.length) return false;
  write(root, others);
  return true;
}

/** At once, since it is called when the process is about to end. */
function write(root: string, runs: readonly EndedWorkers[]): void {
  const file = fileOf(root);
  if (runs.length === 0) return rmSync(file, { force: true });
  mkdirSync(join(root, '.prose'), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(runs, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}
