import type { ArmMetrics, Metrics } from '../../../activities/report/metrics.ts';
import { createRandom } from '../../../activities/randomness/random.ts';

const criteria = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness'];
const random = createRandom(3);
const spread = (mean: number): number[] =>
  Array.from({ length: 42 }, () => {
    const noise = (random() + random() + random() - 1.5) * 0.8;
    return Math.round(Math.min(5, Math.max(1, mean + noise)) * 100) / 100;
  });

function sampleArm(name: string, mean: number, half: number, pHolm: number): ArmMetrics {
  return {
    name,
    meanScore: 3.08 + mean,
    scores: spread(3.08 + mean),
    isClaimed: name === 'ranker',
    isControl: false,
    spread: {
      largestShare: 0.12,
      skew: -0.2,
      withoutOne: { low: mean - 0.06, high: mean + 0.05 },
      pSkewed: 0.001,
    },
    gain: { mean, low: mean - half, high: mean + half, pHolm },
    taughtGain: { mean: mean + 0.05, low: mean + 0.05 - half, high: mean + 0.05 + half },
    overControl: { mean: mean - 0.17, low: mean - 0.17 - half, high: mean - 0.17 + half },
    winRate: {
      value: 0.5 + mean / 2,
      low: 0.5 + mean / 2 - 0.13,
      high: 0.5 + mean / 2 + 0.11,
      wins: 33,
      ties: 1,
      losses: 8,
    },
    criteria: criteria.map((criterion, index) => {
      const gain = mean * [0.6, 0.15, 1.9, 0.9, 1.45][index]!;
      const baseline = 3.4 - index * 0.14;
      return {
        name: criterion,
        mean: baseline + gain,
        baseline,
        gain: { mean: gain, low: gain - 0.22, high: gain + 0.2 },
        nonInferior: gain > 0.12,
      };
    }),
    lengthRatio: 1.34,
    lengthMatched: {
      mean: mean * 0.8,
      low: mean * 0.8 - half * 1.4,
      high: mean * 0.8 + half * 1.4,
      prompts: 19,
    },
    atEqualLength: { mean: mean * 0.9, low: mean * 0.9 - half, high: mean * 0.9 + half, perDoubling: 0.15 },
    validatorGains: [1, 2, 3].map((validator) => {
      const gain = mean - (validator - 2) * 0.09;
      return { validator, gain, low: gain - half, high: gain + half, isReferee: validator === 3 };
    }),
    overOptimization: 0.13,
    spend: { calls: 9, tokens: 2_400, ratio: 5.3 },
  };
}

const answer = (detail: string): string =>
  `Sourdough rises because wild yeast and bacteria in the starter ferment the flour's sugars.\n\n${detail}`;

/** Metrics of a made-up run, as `evaluate` would write them. */
export const sampleMetrics: Metrics = {
  version: 2,
  verdict: {
    kind: 'gain',
    arm: 'ranker',
    sentence:
      'The optimized prompts (ranker) score 0.62 points higher (95% interval 0.41 to 0.83) than the untouched prompts on 42 held-out prompts of 10 topics.',
  },
  run: 'prose-2026-11-22-a41f',
  definition: 'prose',
  digest: '9f2c1e0b7d3a4c5e8f90123456789abcdef0123456789abcdef0123456789abc',
  seed: 7,
  evaluatedAt: '2026-11-22T20:14:09Z',
  models: ['main_model', 'validator_1', 'validator_2', 'validator_3', 'prompt_optimization'].map((role) => ({
    role,
    name: `simulated-${role.replaceAll('_', '-')}`,
    simulated: true,
  })),
  settings: {
    Domain: 'everyday questions of adults',
    'Prompts per topic': 4,
    Variations: 8,
    'Answers per test prompt': 2,
    Rewritings: 8,
  },
  counts: {
    basePrompts: { train: 80, select: 20, gate: 18, test: 42 },
    topics: 40,
    missingVariations: 0,
    variations: 1280,
    answers: 1440,
    scores: 4320,
    missingScores: 11,
    testPrompts: 42,
    testTopics: 10,
  },
  judges: { validators: [3], areUnheard: true },
  refusals: [{ stage: 'prompt_variations', code: 'UNCHANGED', count: 12 }],
  baseline: { meanScore: 3.08, scores: spread(3.08), spend: { calls: 1, tokens: 453, ratio: 1 } },
  arms: [
    sampleArm('ranker', 0.62, 0.21, 0.0004),
    sampleArm('rewriter', 0.24, 0.2, 0.019),
    {
      ...sampleArm('untrained', 0.17, 0.18, 0),
      isControl: true,
      gain: { mean: 0.17, low: -0.01, high: 0.35, pHolm: null },
      overControl: null,
    },
  ],
  agreement: criteria.map((criterion, index) => {
    const alpha = 0.83 - index * 0.07;
    return { criterion, alpha, low: alpha - 0.07, high: alpha + 0.05 };
  }),
  validators: [1, 2, 3].map((validator) => ({
    validator,
    model: `simulated-validator-${validator}`,
    meanScore: 2.9 + validator * 0.2,
    missing: validator * 2 - 1,
    isReferee: validator === 3,
    sentinels: ['worse', 'bribed', 'twin'].map((kind) => ({
      kind,
      planted: 24,
      passed: 23,
      value: 23 / 24,
      low: 0.789,
      high: 0.999,
    })),
    excluded: null,
  })),
  correlations: [
    { validator: 1, other: 2, correlation: 0.81, answers: 1_436 },
    { validator: 1, other: 3, correlation: 0.64, answers: 1_434 },
    { validator: 2, other: 3, correlation: null, answers: 1_433 },
  ],
  training: {
    trainer: 'ranker',
    trainPairs: 158,
    heldOutPairs: 39,
    heldOutAccuracy: { value: 0.77, low: 0.62, high: 0.87 },
    lessons: [
      'Asking for examples (helps)',
      'Saying who the answer is for (helps)',
      'Losing words of what was asked (hurts)',
      'Asking for steps or a list (helps)',
      'Using vague words ("something", "stuff", "kind of") (hurts)',
    ],
  },
  fineTuning: { status: 'skipped', reason: 'the simulated models have no weights', examples: 64 },
  noise: { answer: 0.31, validator: 0.22, rescored: 72, single: { count: 36, shift: -0.08, halo: 0.21 } },
  selection: { prompts: 80, selected: 0.91, fresh: { mean: 0.55, low: 0.42, high: 0.68 } },
  leaks: { pairs: 2, copied: 0, prompts: 84 },
  nonInferiorityMargin: 0.1,
  spend: [
    { stage: 'base_prompts', calls: 41, promptTokens: 9_200, completionTokens: 6_100, seconds: 12.4 },
    {
      stage: 'prompt_variations',
      calls: 1_280,
      promptTokens: 310_000,
      completionTokens: 71_000,
      seconds: 340,
    },
    { stage: 'model_outputs', calls: 1_440, promptTokens: 98_000, completionTokens: 402_000, seconds: 1_905 },
    {
      stage: 'validator_scores',
      calls: 4_320,
      promptTokens: 2_610_000,
      completionTokens: 190_000,
      seconds: 2_280,
    },
    { stage: 'test', calls: 672, promptTokens: 290_000, completionTokens: 61_000, seconds: 410 },
  ],
  detectableEffect: 0.27,
  examples: (['best', 'median', 'worst'] as const).map((kind, index) => ({
    kind,
    topic: ['home baking', 'personal budgets', 'indoor plants'][index]!,
    basePrompt: 'why does sourdough bread rise',
    optimizedPrompt:
      'Explain why sourdough bread rises, for somebody who has never baked. Give the reasons step by step, with one concrete example of what goes wrong when the starter is weak.',
    baselineAnswer: answer('The gas makes the dough rise.'),
    optimizedAnswer: answer(
      '1. The yeast gives off carbon dioxide.\n2. Gluten holds the bubbles like a net.\n3. In the oven the gas expands once more.\n\nFor example, with a starter straight from the fridge the net tears before it is filled, and the loaf stays flat.',
    ),
    baselineScore: [2.6, 3.1, 3.6][index]!,
    optimizedScore: [4.4, 3.7, 3.2][index]!,
  })),
  warnings: [
    '11 of 4,320 scores are missing (0.3%).',
    'Validator 2 and the main model are of the same family (simulated).',
  ],
};
