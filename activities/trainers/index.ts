/** The registry of trainers: the only list of them, and how a trained version is opened. */
import { errorCode } from '../../definitions/documents/system-error.ts';
import { readManifest, versionFiles } from '../store/model-registry.ts';
import type { Store } from '../store/store.ts';
import { ActivityError } from '../attempts/errors.ts';
import { readTestedLessons, taughtLessons, type TestedLesson } from './lessons.ts';
import { ranker } from './ranker/ranker.ts';
import type { Rewriter } from './rewriter.ts';
import { template } from './template/template.ts';
import { dpo, sft } from './trl/trl-trainer.ts';
import type { Trainer } from './trainer.ts';

/** A trainer of any settings; the schema of its section guards what it is given. */
export type AnyTrainer = Trainer<never>;

/** Every trainer that `configs/prompt_optimization_config.yaml` may name. */
export const trainers: readonly AnyTrainer[] = [ranker, template, sft, dpo];

/** Throws `ActivityError` `UNKNOWN_TRAINER`: a version of a trainer that is no longer here, say. */
export function findTrainer(name: string): AnyTrainer {
  const found = trainers.find((trainer) => trainer.name === name);
  if (found !== undefined) return found;
  const known = trainers.map((trainer) => trainer.name).join(', ');
  throw new ActivityError('UNKNOWN_TRAINER', `There is no trainer '${name}'; there are ${known}.`);
}

/** Whether what a trainer makes writes without a model; false for a name that no trainer has. */
export function writesByItself(name: string): boolean {
  return trainers.some((trainer) => trainer.name === name && trainer.asksNoModel === true);
}

/** A version of the prompt-optimization model at work, and the name of the trainer that made it. */
export interface OpenedVersion {
  readonly trainer: string;
  readonly rewriter: Rewriter;
  /** What its lessons did when they were tried; null where none were: they are then read off the scores. */
  readonly tested: readonly TestedLesson[] | null;
}

/** Throws `StoreError` `NO_SUCH_MODEL`, `ActivityError` `UNKNOWN_TRAINER`, or what the trainer throws for files that are not its own. */
export async function openVersion(store: Store, version: string): Promise<OpenedVersion> {
  const { trainer: name } = await readManifest(store, 'prompt_optimization', version);
  const trainer = findTrainer(name);
  const files = versionFiles(store, 'prompt_optimization', version);
  const tested = await readTestedLessons(files);
  const rewriter = await trainer.open(files, tested && taughtLessons(tested));
  return { trainer: name, rewriter, tested: tested ?? null };
}

/**
 * Whether a version is of a format that this release no longer reads (its trainer's error has the code `UNSUPPORTED_VERSION`): it
 * can neither be used nor be tested against.
 */
export async function isOutdated(store: Store, version: string): Promise<boolean> {
  return openVersion(store, version).then(
    () => false,
    (error: unknown) => errorCode(error) === 'UNSUPPORTED_VERSION',
  );
}
