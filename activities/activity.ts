/** The contract every activity is written to, and what it is given to work with. */
import type { ActivityContract, CacheOption, Value } from '../definitions/model/types.ts';
import type { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import type { Budget, Settings } from '../configs/settings/types.ts';
import type { Store } from './store/store.ts';
import type { ModelClient } from './inference/model-client.ts';
import type { Found } from '../definitions/documents/problem.ts';
import type { Logger } from 'pino';

/** A budget and whose it is. Durable. */
export interface RunBudget extends Budget {
  /** The run whose ledger counts; a run shares its budget with those that it runs. Default: the run itself. */
  readonly run?: string;
}

/** Which run an activity works for. Durable: part of every activity's input in histories. */
export interface RunReference {
  /** Our id of the run = Temporal's workflow id. */
  readonly runId: string;
  readonly definition: string;
  /** sha256 (hex) of the pinned settings; the settings themselves lie in the store under it. */
  readonly settingsDigest: string;
  /** sha256 (hex) of the pinned definition, settings and texts together. */
  readonly digest: string;
  /** Seed of every random choice of the run. */
  readonly seed: number;
  /** What the run may spend; without limit if absent. */
  readonly budget?: RunBudget;
  /** Round of a definition that repeats; left out in round 0. */
  readonly round?: number;
  /** Id of the project that has its data. Left out by earlier versions: then it is any worker's. */
  readonly project?: string;
}

/** The single argument of every activity. Durable. */
export interface ActivityRequest {
  readonly run: RunReference;
  /** Path of the task instance, e.g. `explore[3].score[1]`. */
  readonly task: string;
  /** The task's `with`, evaluated. */
  readonly with: unknown;
  /** Rounds of the tasks around it that repeat, outermost first; left out without any. */
  readonly rounds?: readonly number[];
  /** What the task says in `cache`; what comes back is then a `CachedOutput`. */
  readonly cache?: Exclude<CacheOption, false>;
}

/** What an activity gives back when its task says `cache`. Durable. */
export interface CachedOutput {
  readonly output: Value;
  /** Whether it is that of an earlier success. */
  readonly cached: boolean;
}

/** How far an activity is: sent as heartbeat details, shown by `prose status`. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What is counted, in plural, e.g. `answers`. */
  readonly unit: string;
  /** How it goes besides, in a few words, e.g. `loss 0.31`. */
  readonly note?: string;
}

export interface ActivityContext {
  /** As `runOfRound` gives it: `runId` names the data, and `seed` the random choices, of this round alone. */
  readonly run: RunReference;
  readonly task: string;
  readonly settings: Settings;
  /**
   * Absolute path of the project's folder on this machine: its definitions, configs and texts, and the files that people name.
   * What lasts goes through `store`.
   */
  readonly root: string;
  readonly store: Store;
  readonly models: ModelClient;
  readonly log: Logger;
  /** The GPUs that are this attempt's alone, as `CUDA_VISIBLE_DEVICES` names them; none on a CPU task queue or where GPUs are played. */
  readonly gpus: readonly string[];
  /** Knows what has been read of the environment, and hides it; what an activity returns, throws, logs and beats goes through it. */
  readonly secrets: SecretKeeper;
  /** Value of a variable of the worker's environment, of which `CUDA_VISIBLE_DEVICES` names just these GPUs; undefined if it is not set. Never to be logged or returned. */
  environment(name: string): string | undefined;
  /** Aborted when the run is cancelled, the attempt timed out or the worker shuts down. */
  readonly signal: AbortSignal;
  heartbeat(progress: Progress): void;
}

/** The fields of an input in which there is no expression. */
export type Literals = { readonly [field: string]: Value };

/** What is known of a project before a run. */
export interface StaticProject {
  readonly root: string;
  /** Tables that there are, or that a task of the definition writes, in small letters; absent where that cannot be known. */
  readonly tables?: readonly string[];
}

/**
 * One activity: its contract and its work. `run` may be attempted several times, also at once on two machines:
 * what it writes must be keyed by digest and committed by rename, so that twice leaves what once leaves.
 * Throws `ActivityError` for what no retry mends; any other error is retried by the task's policy.
 */
export interface Activity<Input, Output> extends ActivityContract {
  run(input: Input, context: ActivityContext): Promise<Output>;
  /**
   * For `cache`: paths below the root of the files and folders it reads besides the shards that its input names. Throws
   * `Uncacheable` where that cannot be known. Default: none.
   */
  reads?(input: Input, run: RunReference): readonly string[];
  /** What is wrong with literal inputs, found before a run; `at` begins below `with`. Default: nothing is looked at. */
  check?(input: Literals, project: StaticProject): Promise<readonly Found[]>;
}
