/**
 * What of a run has ended, and what has begun: with it another execution goes on where one has stopped. Pure.
 *
 * Nothing in it is ever summed up or dropped: resuming one task of a finished group needs the values of the others.
 * A run that is too large for one payload keeps it in the store (run-memory.ts).
 */
import { sliceOf, type SlicePosition } from '../../definitions/model/instance-path.ts';
import type { Value } from '../../definitions/model/types.ts';
import type { Failure, Settlement, TaskError } from './settlement.ts';

/** How one instance ended, and when (milliseconds since the epoch). Durable: executions hand it on. */
export interface SettledInstance extends Settlement {
  /** Left out for what never ran. */
  readonly startedAt?: number;
  readonly endedAt: number;
  /** It is made of what lies below its path (the tasks of a group or of a `catch`, items, rounds), which gives its value again. */
  readonly parts?: true;
}

/** How a run of another definition, or a slice, goes on that has ended without success. Durable. */
export interface Resumption {
  /** Path of an instance inside a slice that runs again in any case. */
  readonly task?: string;
  /** Of a slice: how many of its items, from the first on, it had come to. Default: all. */
  readonly items?: number;
}

/** By person: of how many pairs, and whether that is all of theirs. Durable. */
export interface LabelledSoFar {
  readonly [labeler: string]: { readonly labels: number; readonly done: boolean };
}

/** An instance that has begun and not ended. Durable. */
export interface OpenInstance {
  readonly startedAt: number;
  /** Since when its `wait` goes on. */
  readonly waitingSince?: number;
  /** What people have labelled so far, where its `wait` is for labels. */
  readonly labelled?: LabelledSoFar;
  /** It has failed, and waits for an operator's decision. */
  readonly held?: { readonly failure: Failure; readonly since: number };
  /** It has failed with this error, which its `catch` handles. */
  readonly caught?: TaskError;
  /** It runs again: what of it is a workflow of its own goes on with what that had come to. */
  readonly resumes?: Resumption;
}

/** All of it as JSON, by path of the instance. Durable. */
export interface OutcomeRecord {
  readonly settled: { readonly [path: string]: SettledInstance };
  readonly open: { readonly [path: string]: OpenInstance };
}

/** Characters of JSON that the values of one workflow may take together: all of them are in its worker's memory. */
const MAX_KEPT_CHARS = 100_000_000;

export class Outcomes {
  #chars: number;
  readonly #settled: Map<string, SettledInstance>;
  readonly #open: Map<string, OpenInstance>;

  /** @param record what an earlier execution has left. */
  constructor({ settled, open }: OutcomeRecord = { settled: {}, open: {} }) {
    this.#settled = new Map(Object.entries(settled));
    this.#open = new Map(Object.entries(open));
    this.#chars = Object.values(settled).reduce((sum, { value }) => sum + charsOf(value), 0);
  }

  /** How an instance ended, also if it is made of parts. */
  settled(path: string): SettledInstance | undefined {
    return this.#settled.get(path);
  }

  /** How an instance ended that need not be looked into: it ran as a whole, or never did. */
  whole(path: string): SettledInstance | undefined {
    const outcome = this.#settled.get(path);
    return outcome?.parts === true ? undefined : outcome;
  }

  opened(path: string): OpenInstance | undefined {
    return this.#open.get(path);
  }

  /** The slices of the instance of a `forEach` that have begun or ended, in any order. */
  slicesOf(path: string): readonly SlicePosition[] {
    return [...this.#settled.keys(), ...this.#open.keys()].flatMap((part) => {
      const slice = part.startsWith(`${path}[`) ? sliceOf(part) : undefined;
      return slice?.task === path ? [slice] : [];
    });
  }

  /** Whether there is room for one more value, which is counted then. */
  hasRoomFor(value: Value): boolean {
    const chars = charsOf(value);
    if (this.#chars + chars > MAX_KEPT_CHARS) return false;
    this.#chars += chars;
    return true;
  }

  /** An instance begins, or one that has begun begins to wait or to be held. */
  open(path: string, instance: OpenInstance): void {
    this.#open.set(path, instance);
  }

  /** What had begun has ended, and keeps since when it ran. */
  settle(path: string, outcome: SettledInstance): void {
    const opened = this.#open.get(path);
    this.#open.delete(path);
    this.#settled.set(path, opened === undefined ? outcome : { startedAt: opened.startedAt, ...outcome });
  }

  /** An instance that was thought to begin has not. */
  close(path: string): void {
    this.#open.delete(path);
  }

  record(): OutcomeRecord {
    return { settled: Object.fromEntries(this.#settled), open: Object.fromEntries(this.#open) };
  }
}

function charsOf(value: Value | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}

/** The end of an instance without its times. */
export function settlementOf({
  outcome,
  value,
  withheldChars,
  failure,
  reason,
  tolerated,
  cached,
}: SettledInstance): Settlement {
  return {
    outcome,
    ...(value === undefined ? {} : { value }),
    ...(withheldChars === undefined ? {} : { withheldChars }),
    ...(failure === undefined ? {} : { failure }),
    ...(reason === undefined ? {} : { reason }),
    ...(tolerated === undefined ? {} : { tolerated }),
    ...(cached === undefined ? {} : { cached }),
  };
}
