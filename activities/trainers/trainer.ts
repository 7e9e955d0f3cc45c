/** The contract that every way of training the prompt-optimization model is written to. */
import type { TrainerContract } from '../../configs/settings/trainer-contract.ts';
import type { ActivityContext, Progress } from '../activity.ts';
import type { Rewriter } from './rewriter.ts';

/** Two prompts for the same base prompt, the better one and the worse one. */
export interface TrainingPair {
  readonly basePromptIdx: number;
  /** Topic family of the base prompt. */
  readonly topic: string;
  /** The untouched base prompt. */
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  /** Names of the approaches that they were made by, where that is known. */
  readonly chosenApproach?: string | null;
  readonly rejectedApproach?: string | null;
  /** Of chosen really being better than rejected, 0 to 1. */
  readonly probability: number;
  /** How much the pair counts, above 0. */
  readonly weight: number;
}

/** A share with its 95% interval over topics, all 0 to 1; the ends are null with fewer than two topics. */
export interface Accuracy {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** What every trainer tells of a training; its own figures may stand beside them in `metrics.json`. */
export interface TrainingMetrics {
  /** Pairs it learned from. */
  readonly trainPairs: number;
  /** Pairs it was measured by. */
  readonly heldOutPairs: number;
  /** Share of held-out pairs ordered rightly, 0.5 is chance; null if there were none. */
  readonly heldOutAccuracy: Accuracy | null;
}

/** Files of one version, by name; whoever trains chooses the names, but for `manifest.json`, `metrics.json` and `gate.json`. */
export interface VersionFiles {
  /** Undefined if there is none of this name. */
  read(name: string): Promise<string | undefined>;
  /** Whole or not at all. */
  write(name: string, content: string): Promise<void>;
  /** Absolute path of a folder of this machine that has them: for what other programs write and read, such as weights. */
  folder(): Promise<string>;
}

export interface TrainingRequest<Settings> {
  /** Pairs to learn from, at least one. */
  readonly pairs: readonly TrainingPair[];
  /** Pairs of other topics, never to be learned from: they measure the accuracy. May be empty. */
  readonly heldOut: readonly TrainingPair[];
  /** The trainer's section of `configs/prompt_optimization_config.yaml`, which fits its schema. */
  readonly settings: Settings;
  readonly seed: number;
  /** Absolute path of the folder of the version to go on from, one of weights. Default: from the model as it was before any training. */
  readonly parent?: string;
  /**
   * Where the version is put. It lasts, and an attempt after a crash finds what the one before it wrote: checkpoints lie
   * here, too. The version counts once `train` has returned.
   */
  readonly files: VersionFiles;
  /** Aborted when the run is cancelled, the attempt timed out or the worker shuts down: stop, and whatever was started. */
  readonly signal: AbortSignal;
  /** To be called as it goes on; also tells Temporal that the attempt is alive. */
  readonly heartbeat: (progress: Progress) => void;
  /** What it has of the machine that it runs on, for trainings that start programs: `PROSE_TRAINER_PYTHON` names the Python that has TRL. */
  readonly machine: Pick<ActivityContext, 'root' | 'gpus' | 'environment'>;
}

/**
 * One way of training: a file (or folder) of its own that exports a `Trainer`, and one line in `index.ts`. The same request
 * gives the same version, whichever attempt ends it. An error whose `retryable` is false is one that no retry mends.
 */
export interface Trainer<Settings> extends TrainerContract {
  /** GPUs that one training takes at least; 0 = it runs on the CPU, too. */
  readonly gpus: number;
  /** Whether its versions write by themselves (`Rewriter.write`), so that a rewriting costs no call. Default: no. */
  readonly asksNoModel?: true;
  train(request: TrainingRequest<Settings>): Promise<TrainingMetrics>;
  /**
   * The trained version at work. Throws if its files are not what this trainer writes.
   *
   * @param taught what its rewriting model is to be told instead of what the training found; undefined = nothing was tried out.
   */
  open(files: Pick<VersionFiles, 'read'>, taught?: readonly string[]): Promise<Rewriter>;
}
