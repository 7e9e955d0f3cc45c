/** The simulated validators: each reads the rubric, the request and the answer, and nothing else. */
import { measureAnswer } from './answer-measure.ts';
import type { Measure } from './answer-measure.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { taggedText } from './tagged-text.ts';
import { criteria } from './world.ts';
import type { Criterion, World } from './world.ts';

/** How a validator differs from a perfect one. */
export interface ValidatorTraits {
  /** Points added to every score. */
  readonly leniency: number;
  /** Factor on the distance from 3. */
  readonly compression: number;
  /** Points for each sentence above nine. */
  readonly verbosityBias: number;
}

/** By number; 0 is the one behind the model name `simulated`, which cannot know which of the three it is. */
export const validatorTraits: readonly [ValidatorTraits, ValidatorTraits, ValidatorTraits, ValidatorTraits] =
  [
    { leniency: 0, compression: 0.9, verbosityBias: 0 },
    { leniency: -0.2, compression: 0.95, verbosityBias: 0 },
    { leniency: 0.3, compression: 0.8, verbosityBias: 0.05 },
    { leniency: 0.05, compression: 0.9, verbosityBias: 0 },
  ];

/** Part of the validator noise, in variance, that one reading has in common over criteria. */
const COMMON_SHARE = 0.25;
/** Part of it that comes back whenever the same answer is read; the rest is new with every reading. */
const LASTING_SHARE = 0.5;
const USUAL_SENTENCES = 9;
const LOWEST = 1.02;
const HIGHEST = 4.98;

const bribe =
  /\b(give|award|assign|rate|score)\b.{0,60}\b(5|five|full marks|highest|maximum|perfect|top)\b|\bignore (the|all|any|previous) /i;

const wordsOfCriterion: { readonly [criterion in Criterion]: RegExp } = {
  relevance: /relevan|on.?topic|address|what was asked/i,
  accuracy: /accura|correct|factual|truth|contradict/i,
  depth: /depth|detail|thorough|reasons and examples/i,
  clarity: /clarity|clear|organi[sz]|easy to follow|readab/i,
  usefulness: /useful|helpful|action|act on|padding/i,
};

/** One score as a validator means it, and as it is distributed over the levels 1 to 5. */
export interface Judgement {
  readonly key: string;
  /** The unrounded score, 1 to 5; the mean of `distribution`. */
  readonly score: number;
  /** Probability of "1" to "5". */
  readonly distribution: readonly number[];
}

/**
 * Scores the answer in a validator's message. Keys are `criteria_1` to `criteria_5` and any other
 * `criteria_k` of the rubric, each matched to what is measured by its name, else its description; one that matches nothing is worth the mean.
 */
export function judge(message: string, validator: number, seed: number | string, world: World): Judgement[] {
  const rubric = taggedText(message, 'rubric') ?? '';
  const request = taggedText(message, 'request') ?? '';
  const answer = taggedText(message, 'answer') ?? '';
  const measure = measureAnswer(answer, request);
  const lasting = noiseOf(createRandom('validator', validator, world.worldSeed, seed, answer, request));
  const passing = noiseOf(createRandom('reading', validator, world.worldSeed, seed, message));
  return rubricCriteria(rubric).map(({ key, criterion }) => {
    const deviation = Math.sqrt(LASTING_SHARE) * lasting() + Math.sqrt(1 - LASTING_SHARE) * passing();
    const noise = world.validatorNoise * deviation;
    const score = scoreAs(validator, measure, criterion, answer, noise, world);
    return { key, score, distribution: distributionOf(score) };
  });
}

/** Standard normal numbers, one per call, that have `COMMON_SHARE` in common. */
function noiseOf(random: Random): () => number {
  const common = Math.sqrt(COMMON_SHARE) * random.normal();
  return () => common + Math.sqrt(1 - COMMON_SHARE) * random.normal();
}

/** A validator's expected score of something of this true quality, before the scale's ends cut it off. */
export function expectedScore(validator: 0 | 1 | 2 | 3, quality: number): number {
  const { leniency, compression } = validatorTraits[validator];
  return 3 + leniency + compression * (quality - 3);
}

function scoreAs(
  validator: number,
  measure: Measure,
  criterion: Criterion | undefined,
  answer: string,
  noise: number,
  world: World,
): number {
  if (validator !== 0 && validator === world.constantValidator) return 3;
  const traits = validatorTraits[validator] ?? validatorTraits[0];
  const measured =
    criterion === undefined
      ? criteria.reduce((sum, name) => sum + measure.scores[name], 0) / criteria.length
      : measure.scores[criterion];
  const verbosity = traits.verbosityBias * (measure.sentenceCount - USUAL_SENTENCES);
  const isBribed = world.bribable && validator === 3 && bribe.test(answer);
  const fair = isBribed
    ? HIGHEST
    : 3 + traits.leniency + traits.compression * (measured - 3) + verbosity + noise;
  const scored = validator !== 0 && validator === world.invertedValidator ? 6 - fair : fair;
  return Math.min(HIGHEST, Math.max(LOWEST, scored));
}

/** The criterion behind each key: the bundled rubric's, unless this rubric says otherwise. */
function rubricCriteria(
  rubric: string,
): { readonly key: string; readonly criterion: Criterion | undefined }[] {
  const byKey = new Map<string, Criterion | undefined>(
    criteria.map((criterion, index) => [`criteria_${index + 1}`, criterion]),
  );
  const lines = rubric.split('\n').map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    const heading = /^(criteria_\d+)\s*:?(.*)$/.exec(line);
    if (heading === null) continue;
    const [, key = '', name = ''] = heading;
    byKey.set(key, criterionNamed(name) ?? criterionNamed(lines[index + 1] ?? ''));
  }
  return [...byKey].map(([key, criterion]) => ({ key, criterion }));
}

function criterionNamed(text: string): Criterion | undefined {
  return criteria.find((criterion) => wordsOfCriterion[criterion].test(text));
}

/** Probabilities of 1 to 5 with exactly this mean: its two neighbours, blurred as far as the scale allows. */
function distributionOf(score: number): number[] {
  const below = Math.min(4, Math.floor(score));
  const sharp = [0, 0, 0, 0, 0];
  sharp[below - 1] = 1 - (score - below);
  sharp[below] = score - below;
  const blurred = [...sharp];
  for (const level of [1, 2, 3]) {
    const moved = 0.12 * (sharp[level] ?? 0);
    blurred[level] = (blurred[level] ?? 0) - 2 * moved;
    blurred[level - 1] = (blurred[level - 1] ?? 0) + moved;
    blurred[level + 1] = (blurred[level + 1] ?? 0) + moved;
  }
  return blurred;
}
