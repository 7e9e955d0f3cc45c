/** Names and types of what can be asked of a run. Names are durable: tools and the `temporal` CLI use them. */
import type { RunBudget } from '../activities/activity.ts';
import type { SlicePosition } from '../definitions/model/instance-path.ts';
import type { TaskKind } from '../definitions/model/task-kind.ts';
import type { TaskState, Value } from '../definitions/model/types.ts';

/** `temporal workflow query --type status`. */
export const STATUS_QUERY = 'status';

/**
 * `temporal workflow query --type outcomes --input 0`: what a run has come to so far, in pieces; what another execution
 * needs to go on with it.
 */
export const OUTCOMES_QUERY = 'outcomes';

/** `temporal workflow query --type evaluate --input '"tasks.build.count"'`: what an expression is worth in a run, so far. */
export const EVALUATE_QUERY = 'evaluate';

/** The value, or why there is none: a stable error type, and one line for people. */
export type EvaluateAnswer =
  { readonly value: Value } | { readonly error: { readonly type: string; readonly message: string } };

/** `temporal workflow update execute --name …`; the first three take a `TaskUpdate`, `approve` and `labels` one of their own. */
export const RETRY_TASK_UPDATE = 'retryTask';
export const SKIP_TASK_UPDATE = 'skipTask';
export const FAIL_TASK_UPDATE = 'failTask';
export const APPROVE_UPDATE = 'approve';
export const LABELS_UPDATE = 'labels';
export const PAUSE_UPDATE = 'pause';
export const RESUME_UPDATE = 'resume';

/** Workflow type of slices; no definition can have this name. */
export const SLICE_WORKFLOW = 'run_slice';
/** Signals by which a run passes a pause on to its slices. */
export const PAUSE_SLICE_SIGNAL = 'pauseSlice';
export const RESUME_SLICE_SIGNAL = 'resumeSlice';

/** Names the task instance that an update is about. */
export interface TaskUpdate {
  /** Path of the instance, e.g. `explore[3].score[1]`. */
  readonly task: string;
}

/** An answer to a task that waits for an approval. */
export interface ApproveUpdate extends TaskUpdate {
  readonly approved: boolean;
  /** Who says so. Default: empty. */
  readonly by?: string;
  /** Why. Default: empty. */
  readonly note?: string;
}

/** What one person has labelled of the sample of a task that waits for labels; the labels themselves lie in the table `labels`. */
export interface LabelsUpdate extends TaskUpdate {
  /** Who has labelled: people are told apart by it. */
  readonly labeler: string;
  /** How many of the pairs of the sample. */
  readonly labels: number;
  /** False: more will come of this person. Default true. */
  readonly done?: boolean;
}

/** Task queue of the runs themselves, and of the activity that pins them. */
export const WORKFLOW_TASK_QUEUE = 'prose';

/** Activity that checks and pins a run at its start. */
export const PIN_RUN_ACTIVITY = 'pinRun';

/** Part of every run's digest and plan; raised when the interpreter runs the same definition differently. */
export const INTERPRETER_CONTRACT = 2;

/**
 * Error types with which a run fails of itself; a run that cannot be pinned fails with those of `pinRun`. The second is
 * also that of the model calls that the budget had no room for.
 */
export const RUN_FAILED = 'RUN_FAILED';
export const BUDGET_REACHED = 'BUDGET_REACHED';

/** Error types of task failures that do not come from an activity's own errors. */
export const EXPRESSION_ERROR = 'EXPRESSION_ERROR';
export const ITEMS_FAILED = 'ITEMS_FAILED';
export const ROUNDS_EXHAUSTED = 'ROUNDS_EXHAUSTED';
export const GROUP_FAILED = 'GROUP_FAILED';
export const CATCH_FAILED = 'CATCH_FAILED';
export const CHILD_CANCELLED = 'CHILD_CANCELLED';
export const CHILD_EXISTS = 'CHILD_EXISTS';
export const CHILD_TERMINATED = 'CHILD_TERMINATED';
export const CHILD_TIMED_OUT = 'CHILD_TIMED_OUT';
export const ACTIVITY_TIMEOUT = 'ACTIVITY_TIMEOUT';
export const SLICE_FAILED = 'SLICE_FAILED';
export const LABELS_MISSING = 'LABELS_MISSING';

export type RunState = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** A task instance that failed, was blocked or is being retried, and why. */
export interface TaskFailure {
  /** Path of the instance, e.g. `explore[3].score[1]`. */
  readonly task: string;
  readonly state: TaskState;
  /** Error type (code). */
  readonly type: string;
  readonly message: string;
  /** It does not fail what is around it. */
  readonly tolerated?: true;
}

/** A task instance that does no work for now. */
export interface WaitingTask {
  /** Path of the instance, as the updates take it. */
  readonly task: string;
  readonly state: 'held' | 'waiting';
  /** A decision (retry, skip or fail), an approval, labels, or only a time. */
  readonly for: 'decision' | 'approval' | 'labels' | 'time';
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What failed, what is asked, or until when; in one line. */
  readonly reason: string;
}

/**
 * The state of one task of the definition. A task inside a `forEach` has many instances: `counts` has them all,
 * so that the tree is as large as the definition, whatever the data.
 */
export interface TaskStatus {
  readonly name: string;
  /** Path in the definition, e.g. `explore.score`. */
  readonly path: string;
  readonly kind: TaskKind;
  /**
   * running if any instance runs, else held if one is held, else waiting if one waits, running also when some have ended and others will come; else the worst outcome of those that
   * ended (failed, blocked, cancelled, succeeded, skipped); else pending.
   */
  readonly state: TaskState;
  /**
   * Instances by state. `pending` counts those known to come. A `forEach` task counts as one until its items are
   * known, then as one for each; with an empty list it stays one.
   */
  readonly counts: { readonly [state in TaskState]: number };
  /** Milliseconds since the epoch, of the first instance to start and the last to end. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Why it was skipped, blocked or failed, or what was caught, in one line. */
  readonly reason?: string;
  /** Failed instances that are within their `forEach`'s `maxFailures`. */
  readonly forgiven?: number;
  /** Some of its instances failed or were blocked without failing what is around them. */
  readonly tolerated?: true;
  /** How many of the succeeded instances took the outputs of an earlier success. */
  readonly cached?: number;
  /** It is of the `catch` of the task around it, and runs only when that has failed. */
  readonly isCatch?: true;
  /** Of a group, and of the `catch` of a task. */
  readonly tasks?: readonly TaskStatus[];
}

/** Items of a `forEach` that a workflow of their own runs: until it has ended, its `status` query tells of them. */
export interface OpenSlice extends SlicePosition {
  /** Its workflow id, which takes the same queries and updates as a run. */
  readonly id: string;
  /** Of these items, how many are counted as running here. */
  readonly running: number;
}

/** Answer of the `status` query: the whole tree. */
export interface RunStatus {
  readonly runId: string;
  readonly definition: string;
  readonly description: string;
  /** `terminated` and `timed out` are what the command line shows of runs that never heard of their end. */
  readonly state: RunState | 'terminated' | 'timed out';
  /** Whether an operator has paused it: nothing new starts. */
  readonly paused: boolean;
  readonly params: { readonly [name: string]: Value };
  /** Digest of the definition, settings and texts pinned at the start; empty until pinned. */
  readonly digest: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** The round that the tree shows, from 0; only of a definition with `repeat`. */
  readonly round?: number;
  readonly tasks: readonly TaskStatus[];
  /** The first 50 of those that are open. */
  readonly slices: readonly OpenSlice[];
  /** What is held, waits for an approval or waits for a time; the first 50. */
  readonly waiting: readonly WaitingTask[];
  /** The first 50. */
  readonly failures: readonly TaskFailure[];
  readonly outputs: { readonly [key: string]: Value } | null;
  /** What it may spend; absent = without limit. */
  readonly budget?: RunBudget;
  /** What an answer leaves out that would be too large for Temporal: outputs, params, and how many of the tasks. */
  readonly cut?: { readonly outputs?: true; readonly params?: true; readonly tasks?: number };
}

/** Second argument of a run (the first is its params), both optional: `--input '{…}' --input '{…}'`. */
export interface RunOptions {
  /** Base URL that every role is pointed at for this run. */
  readonly endpoint?: string;
  /** Model name used by every role for this run. */
  readonly model?: string;
  /** False: every call is made and every task runs; no answer is kept, and no outputs are. */
  readonly cache?: boolean;
  /**
   * Go on with the last execution of this workflow id, which has failed, was cancelled, terminated or timed out: all that
   * had succeeded is kept, and so are its params, options and pinned plan, whatever else is given but a budget. A run inside a run
   * begins where there is nothing to go on with.
   */
  readonly resume?: boolean;
  /** With `resume`: path of a task instance that runs again too, with everything that needs it. */
  readonly task?: string;
  /** What the run may spend, together with those that it runs. Default: without limit. */
  readonly budget?: RunBudget;
  /** Given to the runs inside a run alone: the digest of what it has pinned for them. */
  readonly plans?: string;
  /** Id of the project that the run is of, as `data/project.json` has it. Default: that of the worker that pins it. */
  readonly project?: string;
}
