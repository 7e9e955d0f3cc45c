/** Loads and checks what a run needs without keeping the worker from its other work. */
import { ApplicationFailure } from '@temporalio/activity';
import { DefinitionCache, loadPlan, type DefinitionPlan } from '../../definitions/load.ts';
import type { Checked } from '../../definitions/documents/problem.ts';
import { readText } from '../../definitions/documents/read-text.ts';
import { listDefinitions, nameOf } from '../../definitions/loading/files.ts';
import type { CheckContext } from '../../definitions/model/check-context.ts';
import { JobError, JobThread } from '../concurrency/job-thread.ts';

export interface PlanRequest {
  /** Of the project. */
  readonly root: string;
  /** Of the definition. */
  readonly name: string;
  readonly context: CheckContext;
}

/** A file that has more characters, some 300 tasks, is checked in a thread: in the worker's own it takes 0.2 s and more. */
const LARGE_CHARS = 20_000;
/** Below the minute that the activity has. */
const TIMEOUT_MS = 45_000;

/**
 * As `loadPlan`, for one definition after another. Large definitions are checked in a thread that is kept for the next ones.
 *
 * @param largeChars characters of a file from which on it is checked in the thread.
 * @param timeoutMs for one check in the thread.
 */
export class PlanLoader {
  readonly #largeChars: number;
  readonly #timeoutMs: number;
  readonly #cache = new DefinitionCache();
  readonly #thread = new JobThread<PlanRequest, Checked<DefinitionPlan>>(
    new URL('load-plan.job.ts', import.meta.url),
  );

  constructor({ largeChars = LARGE_CHARS, timeoutMs = TIMEOUT_MS } = {}) {
    this.#largeChars = largeChars;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws ApplicationFailure `CHECK_TOO_SLOW`, to be tried again, which names the definition and a large file. */
  async load(request: PlanRequest): Promise<Checked<DefinitionPlan>> {
    const { root, name, context } = request;
    const large = await findLarge(root, name, this.#largeChars);
    if (large === undefined) return loadPlan(root, name, context, this.#cache);
    try {
      return await this.#thread.run(request, { timeoutMs: this.#timeoutMs });
    } catch (error) {
      if (!(error instanceof JobError) || error.code !== 'TIMED_OUT') throw error;
      const { file, chars } = large;
      throw ApplicationFailure.create({
        type: 'CHECK_TOO_SLOW',
        message:
          `Checking the definition '${name}' has taken more than ${this.#timeoutMs / 1_000} s ` +
          `(${file} has ${chars} characters). Cut it into several that 'workflow' tasks run, or give the worker more CPU.`,
      });
    }
  }
}

/** A file with at least so many characters that a run of the definition may need; all whose names stand in another are looked at. */
async function findLarge(
  root: string,
  name: string,
  largeChars: number,
): Promise<{ readonly file: string; readonly chars: number } | undefined> {
  const files = await listDefinitions(root);
  const open = new Set([name]);
  // A set goes on over what is added meanwhile.
  for (const each of open) {
    const file = files.find((one) => nameOf(one) === each);
    const text = file === undefined ? undefined : await readText(root, file);
    if (file === undefined || text?.ok !== true) continue;
    if (text.value.length >= largeChars) return { file, chars: text.value.length };
    for (const other of files) if (text.value.includes(nameOf(other))) open.add(nameOf(other));
  }
  return undefined;
}
