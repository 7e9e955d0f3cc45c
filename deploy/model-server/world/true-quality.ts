/** The true quality of a prompt: what its answers are worth on average, before anybody's noise or bias. */
import { criteria, perCriterion } from './world.ts';
import type { PerCriterion, World } from './world.ts';
import { uniformOf } from './random.ts';
import { wordingEffects } from './wording-effects.ts';
import { contentWordsOf, stemsOf, subjectsOf } from './words.ts';

/** Scores of an answer to a plainly worded request of average difficulty. */
const plain: PerCriterion = { relevance: 3.4, accuracy: 3.1, depth: 2.5, clarity: 2.9, usefulness: 2.7 };

const LOWEST = 1.1;
const HIGHEST = 4.9;

export interface TrueQuality {
  /** Expected scores, 1 to 5, in the order of `criteria`. */
  readonly criteria: readonly [number, number, number, number, number];
  /** Their mean. */
  readonly overall: number;
}

/** Holds a score inside what an answer can show, 1.1 to 4.9. */
export function clampScore(score: number): number {
  return Math.min(HIGHEST, Math.max(LOWEST, score));
}

/**
 * Expected scores of an answer, if judged by the prompt that was sent: what the wording makes of it.
 * Some subjects are harder than others (about ±0.3), whatever the wording.
 */
export function promptQuality(prompt: string, world: World): PerCriterion {
  const effects = wordingEffects(prompt, world);
  const difficulty = difficultyOf(prompt, world);
  return perCriterion((criterion) => clampScore(plain[criterion] + effects[criterion] - difficulty));
}

function difficultyOf(prompt: string, world: World): number {
  const words = [...contentWordsOf(prompt).keys()];
  if (words.length === 0) return 0;
  const sum = words.reduce((total, word) => total + uniformOf('difficulty', world.worldSeed, word) - 0.5, 0);
  return sum / words.length;
}

/** How far an answer about one set of words is an answer to a request about another. */
interface Overlap {
  /** Share of the request's content words that the answer takes up, 0 to 1. */
  readonly coverage: number;
  /** Share of the answer's subjects that the request is about, 0 to 1. */
  readonly focus: number;
}

function overlapOf(prompt: string, basePrompt: string): Overlap {
  const asked = contentWordsOf(basePrompt);
  const sent = contentWordsOf(prompt);
  const subjects = subjectsOf(prompt);
  const covered = [...asked.keys()].filter((word) => sent.has(word)).length;
  const fitting = subjects.filter((subject) => [...stemsOf(subject)].some((word) => asked.has(word))).length;
  return {
    coverage: asked.size === 0 ? 1 : covered / asked.size,
    focus: subjects.length === 0 ? 0 : fitting / subjects.length,
  };
}

/** How much of an answer's worth reaches somebody whose request it covers to this degree. */
export function reachOf(coverage: number): number {
  return Math.sqrt(coverage);
}

/**
 * The expected scores of the main model's answer to `prompt`, judged as an answer to `basePrompt`.
 * With `effect` 0 it depends on what the prompt is about, never on how it is worded.
 */
export function trueQuality(prompt: string, basePrompt: string, world: World): TrueQuality {
  if (contentWordsOf(prompt).size === 0) return { criteria: [1, 1, 1, 1, 1], overall: 1 };
  const quality = promptQuality(prompt, world);
  const { coverage, focus } = overlapOf(prompt, basePrompt);
  const reach = reachOf(coverage);
  const scores = {
    ...quality,
    relevance: 1 + (quality.relevance - 1) * focus * reach,
    usefulness: 1 + (quality.usefulness - 1) * reach,
  };
  const [relevance, accuracy, depth, clarity, usefulness] = criteria;
  const listed = [
    scores[relevance],
    scores[accuracy],
    scores[depth],
    scores[clarity],
    scores[usefulness],
  ] as const;
  return { criteria: listed, overall: listed.reduce((sum, score) => sum + score, 0) / listed.length };
}
