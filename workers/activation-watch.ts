/**
 * Watches what a worker's workflow threads work on, so that a run which ends the worker does not do so for all others, and
 * again after each restart: it is known by name, and after the second end, or the fifth time that it blocked a thread, refused.
 *
 * An end is counted where the SDK tells of a thread that has died, and, after a sudden death of the whole process, for what had
 * been worked on for long: that stands in a file of this process. A worker that is killed while it works counts for
 * nobody, since no healthy workflow task takes that long. Several runs may be worked on when one of them ends the worker; those
 * that were are worked on one at a time from then on, so that the second end names the right one.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnexpectedError, type Worker } from '@temporalio/worker';
import {
  addEndedWorker,
  forgetEndedWorkers,
  isSetAside,
  readEndedWorkers,
  saySetAside,
  type EndedWorkers,
  type Execution,
} from '../activities/store/records/ended-workers.ts';

/** A workflow task that takes longer than this is written down, milliseconds. Most take a few. */
const LONG_MS = 2_000;
const LOOK_EVERY_MS = 500;
/** What the SDK says when a workflow task has not come back to the event loop for 5 seconds. */
const BLOCKED = /Script execution timed out/;

export class ActivationWatch {
  readonly #root: string;
  readonly #folder: string;
  readonly #running = new Map<object, Execution & { readonly since: number }>();
  readonly #timer: NodeJS.Timeout;
  #written = '';
  #isOver = false;
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param root the project's root.
   * @param say takes a line for people.
   */
  constructor(root: string, say: (line: string) => void) {
    this.#root = root;
    this.#folder = join(root, '.prose', 'activations');
    this.#takeOver(say);
    this.#timer = setInterval(() => this.#writeDown(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Watches the workflows of a worker, which must not have been run yet. */
  watch(worker: Worker): void {
    // The SDK has no public place for it: its interceptors run inside the thread that may die.
    const creator = worker['workflowCreator'];
    if (creator === undefined) return;
    const create = creator.createWorkflow.bind(creator);
    creator.createWorkflow = async (options) => {
      const workflow = await create(options);
      const activate = workflow.activate.bind(workflow);
      const { workflowId, runId } = options.info;
      workflow.activate = (activation) =>
        this.run({ workflowId, runId }, activation.isReplaying === true, () => activate(activation));
      return workflow;
    };
  }

  /** Does a part of a run's work. Throws, without doing it, for a run that is set aside; and as `work`. */
  async run<T>(execution: Execution, isReplaying: boolean, work: () => Promise<T>): Promise<T> {
    const ended = readEndedWorkers(this.#root).find(({ runId }) => runId === execution.runId);
    if (ended === undefined) return this.#work(execution, work);
    if (isSetAside(ended)) throw new Error(refusal(ended));
    const turn = this.#turn.then(async () => {
      const done = await this.#work(execution, work);
      if (!isReplaying) forgetEndedWorkers(this.#root, ({ runId }) => runId === execution.runId);
      return done;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #work<T>(execution: Execution, work: () => Promise<T>): Promise<T> {
    const key = {};
    const isTooLate = this.#isOver;
    this.#running.set(key, { ...execution, since: Date.now() });
    try {
      return await work();
    } catch (error) {
      if (error instanceof UnexpectedError) {
        // What comes to a thread after its death has not ended it.
        if (!isTooLate) addEndedWorker(this.#root, [execution], 'ends', error.message);
        this.#isOver = true;
      } else if (error instanceof Error && BLOCKED.test(error.message))
        addEndedWorker(this.#root, [execution], 'blocks', error.message);
      throw error;
    } finally {
      this.#running.delete(key);
    }
  }

  /** To be called at the end of the process. */
  close(): void {
    clearInterval(this.#timer);
    this.#running.clear();
    this.#writeDown();
  }

  #writeDown(): void {
    const long = [...this.#running.values()].filter(({ since }) => Date.now() - since > LONG_MS);
    const text =
      long.length === 0 ? '' : JSON.stringify(long.map(({ workflowId, runId }) => ({ workflowId, runId })));
    if (text === this.#written) return;
    this.#written = text;
    const file = join(this.#folder, `${process.pid}.json`);
    if (text === '') return rmSync(file, { force: true });
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(file, text);
  }

  /** What processes that are no more have written down. */
  #takeOver(say: (line: string) => void): void {
    for (const name of namesIn(this.#folder)) {
      const pid = Number.parseInt(name, 10);
      if (pid !== process.pid && isAlive(pid)) continue;
      const file = join(this.#folder, name);
      const executions = parseExecutions(readFileSync(file, 'utf8'));
      addEndedWorker(this.#root, executions, 'ends', 'The worker process died.');
      rmSync(file);
    }
    for (const run of readEndedWorkers(this.#root)) if (isSetAside(run)) say(refusal(run));
  }
}

function refusal(run: EndedWorkers): string {
  return `WORKER_ENDED: ${saySetAside(run)} To let it try again: prose doctor --try-again '${run.workflowId}'`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A file that its process could not finish tells nothing. */
function parseExecutions(text: string): readonly Execution[] {
  try {
    return JSON.parse(text) as Execution[];
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
