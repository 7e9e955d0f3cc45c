/**
 * Families of tests whose truth is known, with scores drawn directly: what a test looks like is set by the family, and nothing
 * of the simulated world is in it. The arm's true gain is what an honest validator would see of it on average over all topics.
 */
import type { TestAnswer } from '../../activities/stages/8-test/metrics/arm-metrics.ts';
import { createRandom, type Random } from '../../activities/randomness/random.ts';

export interface Family {
  readonly name: string;
  /** Mean of `effect` over topics, in points. */
  readonly trueGain: number;
  /** What the arm changes on a topic. Default: `trueGain` everywhere, with a spread of 0.2. */
  readonly effect?: (random: Random, topic: number) => number;
  /** What each validator sees of the arm beyond its effect. */
  readonly quirks?: readonly [number, number, number];
  /** Prompts of a topic. Default 2. */
  readonly promptsOf?: (random: Random) => number;
  /** Score of an untouched prompt. Default 3. */
  readonly level?: number;
  /** Share of score sheets that are missing. Default 0. */
  readonly missing?: number;
  /** What answers are like in length. Default: all of 100 words. */
  readonly lengths?: {
    /** Words of the arm's answers ÷ those of the baseline's. */
    readonly ratio: number;
    /** Points that each validator gives for a unit of the logarithm of the length. */
    readonly paid: readonly [number, number, number];
    /** Points of true quality that go with a unit of it, where two answers of one arm differ. */
    readonly worth?: number;
  };
  /** Standard deviation 1. Default: normal. */
  readonly noise?: (random: Random) => number;
}

export const criterionNames = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness'];
const SAMPLES = 2;
const ARMS = ['baseline', 'ranker'] as const;
/** Standard deviation of the logarithm of the lengths of answers to one prompt. */
const LENGTH_SPREAD = 0.25;

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Student's t with three degrees of freedom, scaled to a standard deviation of 1. */
function heavyTailed(random: Random): number {
  const square = (normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2) / 3;
  return normal(random) / Math.sqrt(square) / Math.sqrt(3);
}

const spread = (random: Random): number => 0.2 * normal(random);
const oneLarge = (random: Random): number => (random() < 0.1 ? 10 : 1 + Math.floor(2 * random()));

/** In which the arm is no better than the untouched prompts, or is worse. */
export const nullFamilies: readonly Family[] = [
  { name: 'nothing helps', trueGain: 0 },
  {
    name: 'helps half of the topics and harms the other half',
    trueGain: 0,
    effect: (random) => (random() < 0.5 ? 0.5 : -0.5),
  },
  {
    name: 'helps most topics a little and harms a fifth of them',
    trueGain: 0,
    effect: (random) => (random() < 0.2 ? -0.4 : 0.1) + spread(random),
  },
  {
    name: 'skewed effects (exponential)',
    trueGain: 0,
    effect: (random) => 0.4 * (1 + Math.log(1 - random())),
  },
  {
    name: 'helps nine topics of ten by 0.2 and harms the tenth by 1.8',
    trueGain: 0,
    effect: (random) => (random() < 0.1 ? -1.8 : 0.2),
  },
  {
    name: 'helps most topics by 0.15 and harms a twentieth by 2.85',
    trueGain: 0,
    effect: (random) => (random() < 0.05 ? -2.85 : 0.15),
  },
  { name: 'topics of unequal size', trueGain: 0, promptsOf: oneLarge },
  { name: 'heavy tails', trueGain: 0, noise: heavyTailed, effect: (random) => 0.3 * heavyTailed(random) },
  { name: 'at the ceiling of the scale', trueGain: 0, level: 4.8, effect: () => 0 },
  { name: 'three tenths of the score sheets missing', trueGain: 0, missing: 0.3 },
  { name: 'a teaching validator with a quirk', trueGain: 0, quirks: [0.8, 0, 0] },
  { name: 'two teaching validators with a quirk', trueGain: 0, quirks: [0.8, 0.8, 0] },
];

export const harmfulFamilies: readonly Family[] = [
  { name: 'harmful', trueGain: -0.2 },
  { name: 'harmful, and one teaching validator likes it', trueGain: -0.2, quirks: [1, 0, 0] },
  { name: 'harmful, and both teaching validators like it', trueGain: -0.2, quirks: [1, 1, 0] },
];

export const helpfulFamilies: readonly Family[] = [
  { name: 'helps clearly', trueGain: 0.5 },
  {
    name: 'helps clearly, by answers a fifth longer',
    trueGain: 0.5,
    lengths: { ratio: 1.2, paid: [0, 0, 0], worth: 0.3 },
  },
  { name: 'helps clearly, topics of unequal size', trueGain: 0.5, promptsOf: oneLarge },
  { name: 'helps clearly, three tenths of the score sheets missing', trueGain: 0.5, missing: 0.3 },
];

/** One test: as many held-out prompts as a run of `promptCount` base prompts has, in the order of topics. */
export function drawTest(family: Family, promptCount: number, seed: number): TestAnswer[] {
  const random = createRandom(seed);
  const { effect, trueGain, quirks = [0, 0, 0], level = 3, missing = 0, noise = normal, lengths } = family;
  const answers: TestAnswer[] = [];
  let [prompt, topic] = [0, 0];
  while (prompt < promptCount) {
    const own = effect?.(random, topic) ?? trueGain + spread(random);
    const size = Math.min(promptCount - prompt, family.promptsOf?.(random) ?? 2);
    for (let place = 0; place < size; place += 1, prompt += 1) {
      const difficulty = 0.5 * noise(random);
      for (const arm of ARMS) {
        for (let sample = 0; sample < SAMPLES; sample += 1) {
          const longer = lengths === undefined ? 0 : LENGTH_SPREAD * normal(random);
          const length = longer + (arm === 'baseline' ? 0 : Math.log(lengths?.ratio ?? 1));
          const worth = longer * (lengths?.worth ?? 0);
          const quality = level + difficulty + 0.4 * noise(random) + (arm === 'baseline' ? 0 : own) + worth;
          answers.push({
            basePromptIdx: prompt,
            topic: String(topic),
            arm,
            answerWords: Math.round(100 * Math.exp(length)),
            scores: quirks.map((quirk, validator) => {
              const paid = length * (lengths?.paid[validator] ?? 0);
              const seen = quality + paid + (arm === 'baseline' ? 0 : quirk) + 0.3 * noise(random);
              const isMissing = random() < missing;
              return criterionNames.map(() => (isMissing ? null : onScale(seen + 0.4 * noise(random))));
            }),
          });
        }
      }
    }
    topic += 1;
  }
  return answers;
}

function onScale(score: number): number {
  return Math.min(5, Math.max(1, score));
}
