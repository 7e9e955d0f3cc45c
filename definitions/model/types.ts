/**
 * The model of a definition: a named DAG of tasks, as it stands in `definitions/*.yaml` after loading.
 * Pure types; `definition.schema.json` says the same to editors, `check.ts` checks what a schema cannot.
 */

/** A JSON value. A string that contains `${ … }` is an expression or a text with expressions in it. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** A JSON Schema (draft 2020-12), as data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** A duration such as `500ms`, `30s`, `5m`, `12h` or `7d`. */
export type Duration = string;

/** When a task runs, given the outcomes of the tasks it needs. See `join.ts` for the decision table. */
export type JoinRule =
  | 'allSucceeded'
  | 'noneFailed'
  | 'noneFailedMinOneSucceeded'
  | 'allSettled'
  | 'anySucceeded'
  | 'anyFailed'
  | 'anySettled'
  | 'allFailed'
  | 'allSkipped'
  | 'always';

/**
 * What becomes of a task whose attempts are used up. `fail`: it fails what is around it (its group, in the end the run).
 * `continue`: it has failed, and so see it the tasks that need it, but it fails nothing around it. `hold`: the run waits,
 * without any timer, until an operator has the task retried, skipped or failed.
 */
export type OnFailure = 'fail' | 'continue' | 'hold';

/** Temporal's retry policy, by Temporal's own names; intervals are durations. */
export interface RetryPolicy {
  /** Attempts in all, the first included; 0 = without limit. Default 5. */
  readonly maximumAttempts?: number;
  /** Wait before the second attempt. Default `1s`. */
  readonly initialInterval?: Duration;
  /** Factor between one wait and the next, at least 1. Default 2. */
  readonly backoffCoefficient?: number;
  /** Longest wait between two attempts. Default `1m`. */
  readonly maximumInterval?: Duration;
  /** Error types (codes) that are never retried. */
  readonly nonRetryableErrorTypes?: readonly string[];
}

/** Whether a task takes the outputs of an earlier success; `ttl`: of one that is no older. */
export type CacheOption = boolean | { readonly ttl: Duration };

/** How a task's activity is scheduled; `defaults` of a definition hold the same keys for all of its tasks. */
export interface TaskOptions {
  /** Name of a task queue in `configs/queues.yaml`. Default: the activity's own. */
  readonly taskQueue?: string;
  readonly retry?: RetryPolicy;
  /** One attempt's time (Temporal's start-to-close). Default `30m`. */
  readonly timeout?: Duration;
  /** Longest silence of a running attempt. Default `30s`. */
  readonly heartbeat?: Duration;
  /** Longest wait for a worker (Temporal's schedule-to-start). Default: none. */
  readonly scheduleToStart?: Duration;
  /** All attempts together (Temporal's schedule-to-close). Default: none. */
  readonly scheduleToClose?: Duration;
  /** Default false. In `defaults` it is for the activities that can be cached. */
  readonly cache?: CacheOption;
  /** 1 (first) to 5; of what waits for the same task queue. Default 3, or that of the run. */
  readonly priority?: number;
  /** Whose work it is, at most 64 bytes: keys share a task queue by their weights. May hold expressions. Default: none. */
  readonly fairnessKey?: string;
  /** 0.001 to 1000. Default 1. */
  readonly fairnessWeight?: number;
}

/** Runs a task once for each item of a list. */
export interface ForEach {
  /** An expression (or a literal list) whose value is a list. */
  readonly in: Value;
  /** The name by which expressions inside see the item. Default `item`. */
  readonly as?: string;
  /** The name by which expressions inside see the item's index, from 0. Default: they do not. */
  readonly index?: string;
  /** How many items are in flight at the most, 1 to 500; may be an expression. Default 16. */
  readonly concurrency?: number | string;
  /**
   * So many failed items do not fail the task: a count, or a percentage of the items such as `10%`, rounded down; may be an
   * expression. Default 0.
   */
  readonly maxFailures?: number | string;
}

/** Runs again and again, in rounds counted from 0. */
export interface Repeat {
  /** An expression of type bool, evaluated after each round that succeeded; true = that was the last. Default: never. */
  readonly until?: string;
  /** Most rounds, from 1. If `until` has not come true by then it has failed (`ROUNDS_EXHAUSTED`). Default, only for a definition: without limit. */
  readonly maxRounds?: number;
}

/** What runs when a task has failed, and gives its value instead. */
export interface Catch {
  /** Error types (codes), one of which the error must have. Default: any. */
  readonly codes?: readonly string[];
  /** An expression of type bool over `error`, evaluated once; false = the error is not caught. Default: it is. */
  readonly when?: string;
  /** A DAG of its own, whose tasks see `error`, and those of the group that has failed. */
  readonly tasks: Tasks;
  /** The task's value; without it `{ <task>: <value>, … }` of these tasks. */
  readonly outputs?: { readonly [key: string]: Value };
}

interface TaskBase extends TaskOptions {
  readonly description?: string;
  /** Tasks of the same group that must be settled before this one is decided. */
  readonly needs?: readonly string[];
  /** The join rule over `needs`. Default `allSucceeded`. */
  readonly run?: JoinRule;
  /** An expression of type bool, evaluated once after the join rule; false = skipped. */
  readonly when?: string;
  readonly forEach?: ForEach;
  /**
   * Each round runs the task again; with `forEach`, each item repeats by itself. Expressions see `repeat.round` and
   * `repeat.last`, the value of the round before (null in round 0; in `until`, of the round just ended). The task's
   * value is that of the last round. `maxRounds` must be there.
   */
  readonly repeat?: Repeat;
  /** Default `fail`. `hold` goes with tasks that are no groups, and holds each item of a `forEach` by itself. */
  readonly onFailure?: OnFailure;
  /** What handles its failure; each item of a `forEach`, and each round of a `repeat`, is caught by itself. */
  readonly catch?: Catch;
}

/** A task whose work is one activity. Its value in expressions is the activity's output. */
export interface ActivityTask extends TaskBase {
  /** Name of a registered activity. */
  readonly activity: string;
  /** The activity's input; expressions are evaluated when the task starts. */
  readonly with?: { readonly [key: string]: Value };
}

/** A task whose work is a run of another definition. Its value in expressions is that run's outputs. */
export interface WorkflowTask extends TaskBase {
  /** Name of a definition. */
  readonly workflow: string;
  /** The run's params; expressions are evaluated when the task starts. */
  readonly with?: { readonly [key: string]: Value };
}

/** A task that is a DAG of its own. Its value in expressions is `{ <task>: <value>, … }`, or its `outputs`. */
export interface GroupTask extends TaskBase {
  readonly tasks: Tasks;
  readonly outputs?: { readonly [key: string]: Value };
}

/** A person's yes or no. */
export interface Approval {
  /** What is asked; may hold expressions. */
  readonly message: string;
  /** How long an answer is waited for. Default: for ever. Goes with `default`. */
  readonly timeout?: Duration;
  /** The answer when none has come in time. */
  readonly default?: 'approve' | 'reject';
}

/** Labels that people give to a sample of answers, which `askPeople` has drawn. */
export interface Labels {
  /** What they are asked to do, and where the page is; may hold expressions. */
  readonly message: string;
  /** How many people must have labelled the whole sample, 1 to 1,000; may be an expression. Default 1. */
  readonly labelers?: number | string;
  /** How long they are waited for. Default: for ever. Goes with `default`. */
  readonly timeout?: Duration;
  /** When too few have in time: the task succeeds with the labels that have come, or it fails (`LABELS_MISSING`). */
  readonly default?: 'continue' | 'fail';
}

/** What a task waits for: some time, a time of day (RFC 3339 with its zone), either of which may be an expression, or people. */
export type Wait =
  | { readonly for: Duration }
  | { readonly until: string }
  | { readonly approval: Approval }
  | { readonly labels: Labels };

/**
 * A task that does nothing but wait, without a worker. Its value: `{}`, for an approval `{ approved, by, note }` (a
 * rejection is such a value and no failure), for labels `{ complete, labelers, labels }`.
 */
export interface WaitTask extends TaskBase {
  readonly wait: Wait;
}

/** A task that fails at once: what the definition itself finds wrong. */
export interface FailTask extends TaskBase {
  readonly fail: {
    /** The error's type, such as `TOO_FEW_ROWS`. */
    readonly code: string;
    /** Why, for people; may hold expressions. */
    readonly message: string;
  };
}

export type Task = ActivityTask | WorkflowTask | GroupTask | WaitTask | FailTask;
export type Tasks = { readonly [name: string]: Task };

/** What becomes of a scheduled run that is due while the one before it still runs: Temporal's overlap policies. */
export type OverlapPolicy =
  'skip' | 'bufferOne' | 'bufferAll' | 'cancelOther' | 'terminateOther' | 'allowAll';

/** When `prose schedule create` runs the definition unless told otherwise; exactly one of `cron` and `every`. */
export interface Schedule {
  /** One or several cron expressions of five fields. */
  readonly cron?: string | readonly string[];
  /** The time from one run to the next. */
  readonly every?: Duration;
  /** Time zone of `cron`, by its IANA name. Default `UTC`. */
  readonly timeZone?: string;
  /** Default `skip`. */
  readonly overlap?: OverlapPolicy;
  /** Each run starts up to so much later, at random. Default: none. */
  readonly jitter?: Duration;
  /** After an outage, runs that were due no longer ago than this are made up for. Default: a year, as Temporal has it. */
  readonly catchupWindow?: Duration;
  /** Whether a run that fails pauses the Schedule. Default false. */
  readonly pauseOnFailure?: boolean;
  /** Params of the scheduled runs. */
  readonly params?: { readonly [name: string]: Value };
}

/** One YAML document of `definitions/`. */
export interface Definition {
  /** Also the Temporal workflow type that runs it. */
  readonly name: string;
  readonly description?: string;
  /** JSON Schema properties of the run's parameters, each with `default` unless the caller must give it. */
  readonly params?: { readonly [name: string]: JsonSchema };
  readonly defaults?: TaskOptions;
  readonly tasks: Tasks;
  /**
   * Runs `tasks` again and again: expressions see `run.round` and `run.last`, the outputs of the round before (null in
   * round 0); `until` also sees `outputs`, those of the round just ended. `finally` runs once, in the end.
   */
  readonly repeat?: Repeat;
  /** Tasks that run when those of `tasks` have ended, whatever happened, cancellation included; they see `run.outcome` and `run.failures`. */
  readonly finally?: Tasks;
  /** The run's result. */
  readonly outputs?: { readonly [key: string]: Value };
  /** When it runs by itself. */
  readonly schedule?: Schedule;
}

/** What a `forEach` task is worth in expressions: one of these for every item, in order. */
export interface ItemResult {
  readonly status: TaskOutcome;
  /** The item's value; null unless it succeeded. */
  readonly output: Value;
  /** Why it failed; null unless it did. */
  readonly error?: { readonly type: string; readonly message: string } | null;
}

/** How a task ended: exactly one of these, decided once. */
export type TaskOutcome = 'succeeded' | 'failed' | 'skipped' | 'blocked' | 'cancelled';
/** Where a task is: pending until its needs allow a decision, running, held until an operator decides,
 * waiting for a time or people, or ended. */
export type TaskState = 'pending' | 'running' | 'held' | 'waiting' | TaskOutcome;

/** Names, input and output schemas of the activities that definitions may use, as the checker needs them. */
export interface ActivityContract {
  /** Durable: written into histories. */
  readonly name: string;
  readonly description: string;
  /** Schema of the task's `with`; an object schema with `additionalProperties: false`. */
  readonly input: JsonSchema;
  /** Schema of the value it returns; always an object schema. */
  readonly output: JsonSchema;
  /** Task queue used when neither the task nor `defaults` names one. */
  readonly taskQueue: string;
  /**
   * Whether tasks may say `cache`: true if the output, and what it refers to, follows from the input, what that refers
   * to, the settings and the seed alone. A text = why not, as the end of a sentence. Default: it cannot.
   */
  readonly cacheable?: true | string;
  /**
   * True if `into` and `part` of its input name a part of a user's table, which is written by one task of a run alone.
   * Default: it writes none.
   */
  readonly writesPart?: true;
  /** True if it never asks a model of any role. Default: it may. */
  readonly asksNoModel?: true;
}
export type ActivityCatalogue = ReadonlyMap<string, ActivityContract>;
