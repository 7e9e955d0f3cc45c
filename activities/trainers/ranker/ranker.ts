/** The embedded trainer: it learns which wordings are preferred, on the CPU, and needs no weights of anyone's. */
import { askWithLessons } from '../rewriter.ts';
import type { Trainer } from '../trainer.ts';
import { JobError, runInThread } from '../../concurrency/job-thread.ts';
import { lessonCandidates, lessons, parseRankerModel, scorePrompts, type RankerModel } from './model.ts';
import { RankerError, type RankerErrorCode } from './ranker-error.ts';
import type { RankerMetrics, RankerRequest } from './train.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface RankerSettings {
  /** Strengths of the L2 penalty to choose from by cross-validation over topic families. */
  readonly l2: readonly number[];
  /** Size of each hashed n-gram space, a power of two. */
  readonly buckets: number;
}

/** As `trainRanker`, in a thread of its own: it takes seconds of CPU. */
async function trainApart(
  request: RankerRequest,
  signal: AbortSignal,
): Promise<{ model: RankerModel; metrics: RankerMetrics }> {
  try {
    return await runInThread(new URL('train.job.ts', import.meta.url), request, { signal });
  } catch (error) {
    if (!(error instanceof JobError) || error.thrown !== 'RankerError') throw error;
    throw new RankerError(error.code as RankerErrorCode, error.message);
  }
}

const MODEL_FILE = 'model.json';

/**
 * Lets the prompt-optimization model rewrite several times, told what helps and what hurts, and knows which rewriting is the
 * best. A training takes seconds to minutes, so that there are no checkpoints: another attempt starts from the beginning.
 */
export const ranker: Trainer<RankerSettings> = {
  name: 'ranker',
  description: 'A contrastive (Bradley-Terry) reward model over prompt features, trained on the CPU.',
  gpus: 0,
  settings: objectSchema({
    l2: {
      description: 'Strengths of the L2 penalty to choose from.',
      type: 'array',
      minItems: 1,
      maxItems: 32,
      uniqueItems: true,
      items: { type: 'number', exclusiveMinimum: 0 },
    },
    buckets: {
      description: 'Size of each hashed n-gram space (of words, of pieces of words), a power of two.',
      type: 'integer',
      minimum: 2,
      maximum: 2 ** 24,
    },
  }),
  check(section) {
    const { buckets } = section as RankerSettings;
    if (Number.isInteger(Math.log2(buckets))) return [];
    const message = `'buckets' is ${buckets}, which is no power of two.`;
    const advice = `Write ${2 ** Math.round(Math.log2(buckets))}.`;
    return [{ code: 'NOT_POWER_OF_TWO', message, advice, path: ['buckets'] }];
  },
  async train({ pairs, heldOut, settings, seed, files, signal }) {
    const { model, metrics } = await trainApart({ pairs, heldOut, ...settings, seed }, signal);
    await files.write(MODEL_FILE, `${JSON.stringify(model)}\n`);
    return metrics;
  },
  async open(files, taught) {
    const model = parseRankerModel(JSON.parse((await files.read(MODEL_FILE)) ?? 'null'));
    const learned = taught ?? lessons(model);
    return {
      lessons: learned,
      candidates: lessonCandidates(model),
      carriers: model.phrases,
      ask: (basePrompt, settings) => askWithLessons(basePrompt, settings, learned),
      score: (basePrompt, prompts) => scorePrompts(model, basePrompt, prompts),
    };
  },
};
