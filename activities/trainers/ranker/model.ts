/** The trained ranker: what it is made of, and what it is asked. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import { PROMPT_PLACE } from '../../../configs/settings/approaches.ts';
import type { LessonCandidate } from '../lessons.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { features, featurize, type SparseVector } from './features.ts';
import { representations, type Representation } from './design.ts';
import { RankerError } from './ranker-error.ts';

/** What was learned about one hand-made feature. */
export interface FeatureWeight {
  readonly name: string;
  /** Log-odds of being preferred per `scale` of the feature. */
  readonly weight: number;
  /** The feature's typical difference between two prompts of a pair. */
  readonly scale: number;
  /** Least and most that a prompt of the pairs had of the feature beyond its untouched base prompt; 0 lies between them. */
  readonly range: readonly [least: number, most: number];
  /** Of the weight, by leaving topics out; null where there were too few topics. */
  readonly standardError: number | null;
  /**
   * Whether the data tell the weight from 0 (false discovery rate 10% over all features) and it is no mere echo: at
   * least a fifth of the strongest.
   */
  readonly established: boolean;
}

/** A sentence that was added to several base prompts, and the log-odds that the model gives it. */
export interface PhraseWeight {
  readonly text: string;
  readonly weight: number;
  /** Base prompts that it was added to in the pairs. */
  readonly prompts: number;
}

/** Content of `model.json`. The format is durable: a change of meaning is a new `version`. */
export interface RankerModel {
  readonly format: 'prose-ranker';
  readonly version: 3;
  /** Size of the n-gram space of words and of that of pieces, a power of two. */
  readonly buckets: number;
  /** What scores rest on; without `list` the features below are known, and count for nothing but what no pair has shown. */
  readonly representation: Representation;
  /** Strength of the L2 penalty it was trained with. */
  readonly l2: number;
  readonly features: readonly FeatureWeight[];
  /** Bucket and weight of the n-grams that have one, ascending; those of pieces come after all of words. */
  readonly grams: readonly (readonly [bucket: number, weight: number])[];
  /** What carries the scores, the heaviest first. */
  readonly phrases: readonly PhraseWeight[];
}

const number = { type: 'number' };
/** JSON Schema of `model.json`. */
const rankerModelSchema = objectSchema({
  format: { const: 'prose-ranker' },
  version: { const: 3 },
  buckets: { type: 'integer', minimum: 1, maximum: 2 ** 24 },
  representation: { enum: [...representations] },
  l2: { type: 'number', exclusiveMinimum: 0 },
  features: {
    type: 'array',
    items: objectSchema({
      name: { type: 'string' },
      weight: number,
      scale: { type: 'number', exclusiveMinimum: 0 },
      range: {
        type: 'array',
        prefixItems: [
          { type: 'number', maximum: 0 },
          { type: 'number', minimum: 0 },
        ],
        minItems: 2,
        maxItems: 2,
      },
      standardError: { type: ['number', 'null'] },
      established: { type: 'boolean' },
    }),
  },
  grams: {
    type: 'array',
    items: {
      type: 'array',
      prefixItems: [{ type: 'integer', minimum: 0 }, number],
      minItems: 2,
      maxItems: 2,
    },
  },
  phrases: {
    type: 'array',
    items: objectSchema({
      text: { type: 'string' },
      weight: number,
      prompts: { type: 'integer', minimum: 1 },
    }),
  },
});

const validateModel = new Ajv2020({ strictTuples: false }).compile<RankerModel>(rankerModelSchema);

/**
 * A model from the parsed content of `model.json`. Throws `RankerError`: `UNSUPPORTED_VERSION` for another format
 * or version, `INVALID_MODEL` for what is not a model, `UNKNOWN_FEATURE` for a feature this code does not have.
 */
export function parseRankerModel(value: unknown): RankerModel {
  // Of another version, whatever else is in it: its members are others.
  const isOther = isFields(value) && (value['format'] !== 'prose-ranker' || value['version'] !== 3);
  if (isOther || !validateModel(value)) {
    const [problem] = isOther ? [] : (validateModel.errors ?? []);
    const why = isOther
      ? `it is of version ${String(value['version'])}`
      : `${problem?.instancePath} ${problem?.message}`;
    throw new RankerError(
      isOther ? 'UNSUPPORTED_VERSION' : 'INVALID_MODEL',
      `This is no ranker of version 3, train one anew: ${why}.`,
    );
  }
  for (const { name } of value.features) {
    if (!features.some((feature) => feature.name === name)) {
      throw new RankerError(
        'UNKNOWN_FEATURE',
        `The ranker was trained with the feature '${name}', which is not here.`,
      );
    }
  }
  return value;
}

/** Log-odds that a prompt loses for each unit by which a feature leaves the range of the pairs: what an instruction that none had costs. */
const DISTRUST = 2;
/**
 * How many times the range of the pairs is still trusted: rewritings say several things at once where variations say one, so that
 * what is counted adds up. An instruction that none had is outside however far the range is stretched.
 */
const REACH = 2;

/**
 * Log-odds that each prompt is preferred to the untouched `basePrompt`, which has 0; higher is better. What no pair has shown is
 * not trusted: whoever keeps the best of many rewritings finds those that the model is most wrong about (Gao, Schulman and
 * Hilton, "Scaling laws for reward model overoptimization", ICML 2023), so outside the range of the pairs each step costs
 * (pessimism: Jin, Yang and Wang, "Is pessimism provably efficient for offline RL?", ICML 2021).
 */
export function scorePrompts(model: RankerModel, basePrompt: string, prompts: readonly string[]): number[] {
  const evaluate = createScorer(model, basePrompt);
  const untouched = evaluate(basePrompt);
  return prompts.map((prompt) => evaluate(prompt) - untouched);
}

/**
 * What the model learned, in words, strongest first: at most `count` sentences such as
 * `Asking for examples (helps)`, for hand-made features whose weight the data tell from 0. May be empty.
 */
export function lessons(model: RankerModel, count = 8): string[] {
  return model.features
    .filter(({ established }) => established)
    .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight))
    .slice(0, count)
    .map(({ name, weight }) => `${sentenceOf(name)} (${weight > 0 ? 'helps' : 'hurts'})`);
}

/** Sentences of the pairs that are worth a trial. */
const MOST_PHRASES_TRIED = 4;

/** What may be tried out: what `lessons` has, and the sentences that carry most, by turns. */
export function lessonCandidates(model: RankerModel): LessonCandidate[] {
  const worded = model.features
    .filter(({ established }) => established)
    .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight))
    .map(({ name }): LessonCandidate => ({
      sentence: sentenceOf(name),
      change: {
        instruction: `Change this alone, and keep everything else word for word: ${sentenceOf(name)}.`,
      },
    }));
  const said = model.phrases.slice(0, MOST_PHRASES_TRIED).map(({ text }): LessonCandidate => ({
    sentence: `Adding the sentence "${text.replace(/[.。।]$/u, '')}"`,
    change: { template: `${PROMPT_PLACE} ${text}` },
  }));
  return Array.from({ length: Math.max(worded.length, said.length) }, (_, index) =>
    [worded[index], said[index]].filter((one) => one !== undefined),
  ).flat();
}

function sentenceOf(name: string): string {
  return features.find((feature) => feature.name === name)?.sentence ?? name;
}

function createScorer(model: RankerModel, basePrompt: string): (prompt: string) => number {
  const learned = model.features.map(
    (weight) => [features.findIndex(({ name }) => name === weight.name), weight] as const,
  );
  const counts = model.representation === 'list';
  const weights = new Map(counts ? learned.map(([index, { weight, scale }]) => [index, weight / scale]) : []);
  for (const [bucket, weight] of model.grams) weights.set(features.length + bucket, weight);
  const untouched = featurize(basePrompt, basePrompt, model.buckets);
  return (prompt) => {
    const vector = featurize(basePrompt, prompt, model.buckets);
    let score = -DISTRUST * distanceFromPairs(learned, vector, untouched);
    for (const [index, value] of vector) score += (weights.get(index) ?? 0) * value;
    return score;
  };
}

/**
 * How far the features of a prompt leave the ranges of the pairs, all together.
 *
 * @param learned by index of the feature.
 */
function distanceFromPairs(
  learned: readonly (readonly [number, FeatureWeight])[],
  vector: SparseVector,
  untouched: SparseVector,
): number {
  let distance = 0;
  for (const [index, { range }] of learned) {
    const [least, most] = [REACH * range[0], REACH * range[1]];
    const difference = (vector.get(index) ?? 0) - (untouched.get(index) ?? 0);
    distance += Math.max(0, difference - most, least - difference);
  }
  return distance;
}
