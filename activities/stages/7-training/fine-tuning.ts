import { restsOnSimulation } from '../../../configs/settings/simulated.ts';
import { NO_TRAINER, sectionOf } from '../../../configs/settings/trainer-contract.ts';
import type { Settings } from '../../../configs/settings/types.ts';
import { findParent } from './find-parent.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import type { Message } from '../../inference/model-client.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { learningValidators } from '../../scoring/validator-trust.ts';
import { digest } from '../../store/digest.ts';
import { readManifest, versionFiles, writeModelVersion } from '../../store/model-registry.ts';
import { toJsonLines, type Lesson } from '../../trainers/trl/rows.ts';
import type { TrlMethod, TrlSettings } from '../../trainers/trl/settings.ts';
import { trainAdapter } from '../../trainers/trl/train-adapter.ts';
import { readBestAnswers, type BestAnswer } from './best-answers.ts';

export type FineTuningInput = Record<string, never>;

export interface FineTuningOutput {
  /** Version under `models/main_model/`. */
  readonly version: string;
  /** Conversations in its training set. */
  readonly examples: number;
  /** False when only the training set was made. */
  readonly trained: boolean;
  /** Why nothing was trained; empty when something was. */
  readonly reason: string;
}

const role = 'main_model';

/**
 * Stage 7: the main model is tuned on its own best-scored behaviour: to answer a plain base prompt as it answered the best
 * wording of it. The training set is always made; with the trainer `none`, or where it can teach nothing, training itself is
 * skipped, and the output says so.
 */
export const fineTuneMainModel: Activity<FineTuningInput, FineTuningOutput> = {
  name: 'fineTuneMainModel',
  description:
    "Builds the training set of the main model's best-scored answers, and trains on it where there are weights.",
  taskQueue: 'gpu-training',
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({}),
  output: objectSchema({
    version: { type: 'string' },
    examples: { type: 'integer' },
    trained: { type: 'boolean' },
    reason: { type: 'string' },
  }),
  async run(_input, context) {
    const { store, run, settings, log } = context;
    const { trainer } = settings.fineTuning;
    const validators = await learningValidators(context);
    const of = (split: 'train' | 'select'): Promise<BestAnswer[]> =>
      readBestAnswers(store, { run: run.runId, split, validators }, settings.fineTuning);
    const best = await of('train');
    const conversations = best.map(({ basePrompt, answer, score }) => ({
      messages: buildMessages(settings.texts.finetuning_input, ['system', 'user', 'assistant'], {
        prompt: basePrompt,
        model_output: answer,
      }),
      score,
    }));
    const data = digest(conversations);
    const config = settings.fineTuning;
    const prefix = trainer === NO_TRAINER.name ? 'sft' : trainer;
    const parent = await findParent(context, role, sectionOf(config, trainer));
    const origin = {
      data,
      config,
      ...(trainer !== NO_TRAINER.name && { seed: run.seed }),
      ...(parent !== undefined && { parent }),
    };
    const version = `${prefix}-${digest(origin).slice(0, 12)}`;
    const reason =
      trainer === NO_TRAINER.name
        ? "trainer 'none': the training set was made, but no weights were trained, so there is no fine-tuned arm in the test"
        : await trainOnce(
            version,
            trainer as TrlMethod,
            { best, heldOut: await of('select'), parent },
            context,
          );
    await writeModelVersion(
      store,
      {
        role,
        version,
        trainer: reason === '' ? trainer : NO_TRAINER.name,
        run: run.runId,
        settingsDigest: run.settingsDigest,
        seed: run.seed,
        parents: parent === undefined ? [] : [parent],
        data: { 'training.jsonl': data },
        simulated: restsOnSimulation(settings),
        ...(reason !== '' && { note: reason }),
      },
      {
        'training.jsonl': toJsonLines(conversations),
      },
    );
    log.info({ version, examples: best.length }, reason === '' ? `trained with '${trainer}'` : reason);
    return { version, examples: best.length, trained: reason === '', reason };
  },
};

interface Training {
  readonly best: readonly BestAnswer[];
  /** Of topics that are not learned from. */
  readonly heldOut: readonly BestAnswer[];
  /** The version that it goes on from. */
  readonly parent: string | undefined;
}

/** Trains unless the version is whole. @returns why it could not be done; empty if it was */
async function trainOnce(
  version: string,
  method: TrlMethod,
  { best, heldOut, parent }: Training,
  context: ActivityContext,
): Promise<string> {
  const { store, settings, run, signal } = context;
  const files = versionFiles(store, role, version);
  if ((await files.read('manifest.json')) !== undefined)
    return (await readManifest(store, role, version)).note ?? '';
  try {
    const { steps, rows } = await trainAdapter({
      method,
      lessons: best.map((one) => lessonOf(one, settings, method)),
      heldOut: heldOut.map((one) => lessonOf(one, settings, method)),
      // The config was checked against the trainer's schema when the run was pinned.
      settings: sectionOf(settings.fineTuning, method) as TrlSettings,
      seed: run.seed,
      ...(parent !== undefined && { parent: await versionFiles(store, role, parent).folder() }),
      files,
      signal,
      heartbeat: (progress) => context.heartbeat(progress),
      machine: context,
    });
    await files.write('metrics.json', `${JSON.stringify({ examples: best.length, rows, steps }, null, 2)}\n`);
    return '';
  } catch (error) {
    if (error instanceof ActivityError && error.code === 'NOTHING_TO_LEARN') return error.message;
    throw error;
  }
}

function lessonOf(
  { basePrompt, answer, topic, score, worst }: BestAnswer,
  settings: Settings,
  method: TrlMethod,
): Lesson {
  const asked: readonly Message[] = buildMessages(settings.texts.finetuning_input, ['system', 'user'], {
    prompt: basePrompt,
  });
  return { prompt: asked, chosen: answer, rejected: method === 'dpo' ? worst : null, topic, weight: score };
}
