/** What an operator may do to a run in flight: pause and resume it, and decide what becomes of held tasks. Pure. */
import { cutText } from '../../definitions/model/cut-text.ts';
import { didYouMean } from '../../definitions/model/did-you-mean.ts';
import type { Tasks } from '../../definitions/model/types.ts';
import { definitionPath, isInSlice, taskPath } from '../../definitions/model/instance-path.ts';
import { walkTasks } from '../../definitions/model/walk-tasks.ts';
import type { LabelsUpdate, OpenSlice, WaitingTask } from '../messages.ts';
import type { Failure } from '../state/settlement.ts';
import type { Labelled, Labelling } from './labelling.ts';

/** What an operator decides about a held task. */
export type Decision = 'retry' | 'skip' | 'fail';

/** The value of a task that waited for an approval. */
export interface Answer {
  readonly approved: boolean;
  readonly by: string;
  readonly note: string;
}

/** A task that waits for labels. */
interface LabelRequest {
  readonly labelling: Labelling;
  readonly show: () => void;
  /** Called after each change. */
  readonly changed: () => void;
  readonly end: (value: Labelled | 'cancelled') => void;
}

/** Why an update is refused: a stable error type, and one line for people. */
export type Refusal = Failure;

/** Instances shown by the `status` query, so that its answer stays small. */
const MAX_SHOWN = 50;
/** Characters of why one of them waits. */
const MAX_REASON_CHARS = 2_000;
/** Characters of what an operator has sent, where a refusal repeats it. */
const MAX_PATH_CHARS = 200;

export class RunControl {
  /** By path of the instance, in the order in which they came. */
  readonly #held = new Map<string, (decision: Decision | 'cancelled') => void>();
  readonly #asked = new Map<string, (answer: Answer | 'cancelled') => void>();
  readonly #labelled = new Map<string, LabelRequest>();
  readonly #shown = new Map<string, WaitingTask>();
  readonly #slices = new Map<string, { readonly slice: OpenSlice; readonly pause: (on: boolean) => void }>();
  #paths: readonly string[] | undefined;
  #isPaused = false;
  #resumers: (() => void)[] = [];

  /**
   * The tasks become known: until now no update that names a task is taken.
   *
   * @param group path in the definition of the group that they are of.
   */
  pin(tasks: Tasks, group = ''): void {
    this.#paths = [...walkTasks({ tasks })].map(({ path }) => taskPath(group, path));
  }

  /** Whether no new task or item may start. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Resolves at once unless the run is paused. */
  async untilResumed(): Promise<void> {
    while (this.#isPaused) await new Promise<void>((resolve) => this.#resumers.push(resolve));
  }

  pause(): void {
    this.#isPaused = true;
    for (const { pause } of this.#slices.values()) pause(true);
  }

  resume(): void {
    this.#isPaused = false;
    const resumers = this.#resumers;
    this.#resumers = [];
    for (const resume of resumers) resume();
    for (const { pause } of this.#slices.values()) pause(false);
  }

  /**
   * Items are run elsewhere, until the function that is returned is called.
   *
   * @param pause passes on that the run was paused or, with false, resumed.
   */
  openSlice(slice: OpenSlice, pause: (on: boolean) => void): () => void {
    this.#slices.set(slice.id, { slice, pause });
    return () => void this.#slices.delete(slice.id);
  }

  /** The first 50. */
  slices(): readonly OpenSlice[] {
    return [...this.#slices.values()].slice(0, MAX_SHOWN).map(({ slice }) => slice);
  }

  /** Waits until an operator has decided, or the run is cancelled. */
  hold(path: string, failure: Failure, now: number): Promise<Decision | 'cancelled'> {
    const reason = `${failure.type}: ${failure.message}`;
    this.show({ task: path, state: 'held', for: 'decision', since: now, reason });
    return new Promise((resolve) => void this.#held.set(path, resolve));
  }

  /** The task goes on as decided; nothing happens if it is not held. */
  decide(path: string, decision: Decision): void {
    this.#end(path, this.#held, decision);
  }

  /** Waits for somebody's answer to a question, or until the run is cancelled. */
  ask(path: string, question: string, now: number): Promise<Answer | 'cancelled'> {
    this.show({ task: path, state: 'waiting', for: 'approval', since: now, reason: question });
    return new Promise((resolve) => void this.#asked.set(path, resolve));
  }

  /** Nothing happens if the task does not wait for an answer. */
  answer(path: string, answer: Answer): void {
    this.#end(path, this.#asked, answer);
  }

  /**
   * Waits until enough people have labelled the sample, nobody is waited for any longer, or the run is cancelled.
   *
   * @param changed called whenever somebody has labelled.
   */
  collect(
    path: string,
    request: string,
    now: number,
    labelling: Labelling,
    changed: () => void,
  ): Promise<Labelled | 'cancelled'> {
    const show = (): void => {
      const reason = [request, labelling.text].filter(Boolean).join(' · ');
      this.show({ task: path, state: 'waiting', for: 'labels', since: now, reason });
    };
    show();
    return new Promise((end) => void this.#labelled.set(path, { labelling, show, changed, end }));
  }

  /** What a person has labelled; nothing happens if the task does not wait for labels. */
  label(update: LabelsUpdate): void {
    const request = this.#labelled.get(update.task);
    if (request === undefined) return;
    request.labelling.take(update);
    request.show();
    request.changed();
    if (request.labelling.value.complete) this.endLabelling(update.task);
  }

  /** No more labels are waited for: the task goes on with those that have come. */
  endLabelling(path: string): void {
    const request = this.#labelled.get(path);
    if (request !== undefined) this.#endLabelling(path, request, request.labelling.value);
  }

  #endLabelling(path: string, { end }: LabelRequest, value: Labelled | 'cancelled'): void {
    this.#labelled.delete(path);
    this.#shown.delete(path);
    end(value);
  }

  /** Lists what waits, until the function that is returned is called. */
  show(task: WaitingTask): () => void {
    this.#shown.set(task.task, { ...task, reason: cutText(task.reason, MAX_REASON_CHARS) });
    return () => void this.#shown.delete(task.task);
  }

  /** Lets everything that waits for an operator end as cancelled, and a pause end. */
  cancel(): void {
    for (const path of this.#held.keys()) this.#end(path, this.#held, 'cancelled');
    for (const path of this.#asked.keys()) this.#end(path, this.#asked, 'cancelled');
    for (const [path, request] of this.#labelled) this.#endLabelling(path, request, 'cancelled');
    if (this.#isPaused) this.resume();
  }

  /** What waits: the first 50. */
  view(): readonly WaitingTask[] {
    return [...this.#shown.values()].slice(0, MAX_SHOWN);
  }

  #end<T>(path: string, waiting: Map<string, (value: T) => void>, value: T): void {
    const end = waiting.get(path);
    if (end === undefined) return;
    waiting.delete(path);
    this.#shown.delete(path);
    end(value);
  }

  /** `UNKNOWN_TASK`, `TASK_IN_SLICE`, `TASK_NOT_WAITING`, `RUN_NOT_PINNED`. */
  whyNotAnswerable(path: string): Refusal | undefined {
    if (this.#asked.has(path)) return undefined;
    const message = this.#notAmong(path, 'waiting for an approval', this.#asked);
    return this.#whyUnknown(path) ?? this.#whyElsewhere(path) ?? { type: 'TASK_NOT_WAITING', message };
  }

  /** As of answers. */
  whyNotLabelled(path: string): Refusal | undefined {
    if (this.#labelled.has(path)) return undefined;
    const message = this.#notAmong(path, 'waiting for labels', this.#labelled);
    return this.#whyUnknown(path) ?? this.#whyElsewhere(path) ?? { type: 'TASK_NOT_WAITING', message };
  }

  /** `UNKNOWN_TASK`, `TASK_IN_SLICE`, `TASK_NOT_HELD`, `RUN_NOT_PINNED`. */
  whyNotDecidable(path: string): Refusal | undefined {
    if (this.#held.has(path)) return undefined;
    const message = this.#notAmong(path, 'held', this.#held);
    return this.#whyUnknown(path) ?? this.#whyElsewhere(path) ?? { type: 'TASK_NOT_HELD', message };
  }

  /** `ALREADY_PAUSED`. */
  whyNotPausable(): Refusal | undefined {
    return this.#isPaused ? { type: 'ALREADY_PAUSED', message: 'The run is paused already.' } : undefined;
  }

  /** `NOT_PAUSED`. */
  whyNotResumable(): Refusal | undefined {
    return this.#isPaused ? undefined : { type: 'NOT_PAUSED', message: 'The run is not paused.' };
  }

  #whyUnknown(path: string): Refusal | undefined {
    if (this.#paths === undefined)
      return {
        type: 'RUN_NOT_PINNED',
        message: 'The run is still being checked; none of its tasks is known yet.',
      };
    const inDefinition = definitionPath(path);
    if (this.#paths.includes(inDefinition)) return undefined;
    const shown = cutText(path, MAX_PATH_CHARS);
    const advice = didYouMean(definitionPath(shown), this.#paths);
    return { type: 'UNKNOWN_TASK', message: `The run has no task '${shown}'. ${advice}` };
  }

  #whyElsewhere(path: string): Refusal | undefined {
    for (const { slice } of this.#slices.values()) {
      if (!isInSlice(path, slice)) continue;
      const message = `Task '${path}' belongs to the slice '${slice.id}': send the update there, or use the prose command, which does.`;
      return { type: 'TASK_IN_SLICE', message };
    }
    return undefined;
  }

  #notAmong(path: string, state: string, waiting: ReadonlyMap<string, unknown>): string {
    const paths = [...waiting.keys()];
    const shown = paths.slice(0, 5).join(', ');
    const others = paths.length === 0 ? 'None is.' : `These are: ${shown}${paths.length > 5 ? ', …' : ''}.`;
    return `Task '${path}' is not ${state}. ${others}`;
  }
}
