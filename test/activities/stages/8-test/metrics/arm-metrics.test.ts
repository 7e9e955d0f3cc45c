import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareArms, type TestAnswer } from '../../../../../activities/stages/8-test/metrics/arm-metrics.ts';

const options = {
  arms: ['ranker'],
  criterionNames: ['Relevance', 'Accuracy'],
  judges: [1, 2, 3],
  referees: [3],
};

/** An answer that every validator scores the same on both criteria, less its own leniency. */
function answer(
  basePromptIdx: number,
  arm: string,
  score: number,
  overrides: Partial<TestAnswer> = {},
): TestAnswer {
  const scores = [0, -0.5, 0.5].map((leniency) => [score + leniency, score + leniency]);
  return {
    basePromptIdx,
    topic: `topic ${Math.floor(basePromptIdx / 2)}`,
    arm,
    answerWords: 10,
    scores,
    ...overrides,
  };
}

function test(gain: (prompt: number) => number, count = 12): TestAnswer[] {
  return Array.from({ length: count }, (_, prompt) => [
    answer(prompt, 'baseline', 2 + (prompt % 3) / 2),
    answer(prompt, 'ranker', 2 + (prompt % 3) / 2 + gain(prompt), { answerWords: 15 }),
  ]).flat();
}

describe('compareArms', () => {
  it('finds the planted difference, whatever the prompts are worth', () => {
    const { arms, basePrompts, topicCount } = compareArms(
      test((prompt) => (prompt % 2 ? 0.6 : 0.4)),
      options,
    );
    const [arm] = arms;
    assert.ok(arm && Math.abs(arm.gain.mean - 0.5) < 1e-9);
    assert.ok(arm.gain.low !== null && arm.gain.low > 0.2 && arm.gain.low <= 0.5);
    assert.deepEqual([arm.winRate.value, arm.winRate.wins, arm.lengthRatio], [1, 12, 1.5]);
    assert.deepEqual([basePrompts.length, topicCount], [12, 6]);
    assert.ok(arm.validatorGains.every(({ gain }) => Math.abs(gain - 0.5) < 1e-9));
  });

  it('compares every arm with the control, for which it claims nothing', () => {
    const answers = [
      ...test((prompt) => (prompt % 2 ? 0.6 : 0.4)),
      ...Array.from({ length: 12 }, (_, prompt) =>
        answer(prompt, 'untrained', 2 + (prompt % 3) / 2 + (prompt % 2 ? 0.1 : 0.3)),
      ),
    ];
    const { arms } = compareArms(answers, {
      ...options,
      arms: ['ranker', 'untrained'],
      control: 'untrained',
    });
    const [ranker, untrained] = arms;
    assert.ok(ranker?.overControl && Math.abs(ranker.overControl.mean - 0.3) < 1e-9);
    assert.deepEqual([ranker.isControl, untrained?.isControl, untrained?.overControl], [false, true, null]);
    assert.ok(untrained && Math.abs(untrained.gain.mean - 0.2) < 1e-9 && untrained.gain.pHolm === null);
    // No arm pays in its p-value for the control.
    const alone = compareArms(answers, options).arms[0];
    assert.equal(ranker.gain.pHolm, alone?.gain.pHolm);
    assert.equal(alone?.overControl, null);
  });

  it('turns its sign when the arms change places', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 4, maxLength: 12 }), (gains) => {
        const answers = test((prompt) => (gains[prompt] ?? 0) / 10, gains.length);
        const swap: { readonly [arm: string]: string } = { baseline: 'ranker', ranker: 'baseline' };
        const swapped = answers.map((one) => ({ ...one, arm: swap[one.arm] ?? '' }));
        const mean = (list: readonly TestAnswer[]): number =>
          compareArms(list, options).arms[0]?.gain.mean ?? NaN;
        assert.ok(Math.abs(mean(answers) + mean(swapped)) < 1e-9);
      }),
      { numRuns: 20 },
    );
  });

  it('tells the gain that the referee sees from what the others see', () => {
    const flattered = test(() => 0).map((one) =>
      one.arm === 'baseline'
        ? one
        : {
            ...one,
            scores: one.scores.map((sheet, index) =>
              sheet.map((score) => (index < 2 ? score! + 0.6 : score)),
            ),
          },
    );
    const [arm] = compareArms(flattered, options).arms;
    assert.ok(Math.abs((arm?.overOptimization ?? 0) - 0.6) < 1e-9);
    assert.deepEqual(
      arm?.validatorGains.map(({ isReferee, gain }) => [isReferee, Math.round(10 * gain) / 10]),
      [
        [false, 0.6],
        [false, 0.6],
        [true, 0],
      ],
    );
  });

  it('rests every figure on the judges that it is given, and shows beside it what the others see', () => {
    // The judge of the verdict, validator 3, sees half of what the two that taught see.
    const answers = test(() => 0).map((one) =>
      one.arm === 'baseline'
        ? one
        : {
            ...one,
            answerWords: 10,
            scores: one.scores.map((sheet, index) =>
              sheet.map((score) => score! + (index < 2 ? 0.6 : 0.3) + 0.1 * (one.basePromptIdx % 2)),
            ),
          },
    );
    const { arms, baseline } = compareArms(answers, { ...options, judges: [3] });
    const [arm] = arms;
    assert.ok(arm);
    const means = [
      arm.gain.mean,
      arm.taughtGain?.mean,
      arm.lengthMatched?.mean,
      arm.meanScore - baseline.meanScore,
    ];
    for (const [index, expected] of [0.35, 0.65, 0.35, 0.35].entries())
      assert.ok(Math.abs((means[index] ?? NaN) - expected) < 1e-9, `${index}: ${means[index]}`);
    assert.ok(arm.criteria.every(({ gain }) => Math.abs(gain.mean - 0.35) < 1e-9));
    assert.equal(compareArms(answers, options).arms[0]?.taughtGain, null);
  });

  it('says of each criterion whether it is surely no worse', () => {
    const answers = test(() => 0).map((one) =>
      one.arm === 'baseline'
        ? one
        : { ...one, scores: one.scores.map(([first, second]) => [first!, second! - 0.5]) },
    );
    const [arm] = compareArms(answers, options).arms;
    assert.deepEqual(
      arm?.criteria.map(({ nonInferior }) => nonInferior),
      [true, false],
    );
  });

  it('compares answers of about the same length among themselves', () => {
    const answers = test((prompt) => (prompt < 6 ? 1 : 0.2)).map((one) =>
      one.arm === 'ranker' && one.basePromptIdx >= 6 ? { ...one, answerWords: 11 } : one,
    );
    const [arm] = compareArms(answers, options).arms;
    assert.equal(arm?.lengthMatched?.prompts, 6);
    assert.ok(Math.abs((arm?.lengthMatched?.mean ?? 0) - 0.2) < 1e-9);
  });

  it('says nothing of a validator without scores', () => {
    const answers = test(() => 0.5).map((one) => ({
      ...one,
      scores: one.scores.map((sheet, index) => (index === 1 ? sheet.map(() => null) : sheet)),
    }));
    const [arm] = compareArms(answers, options).arms;
    assert.deepEqual(
      arm?.validatorGains.map(({ validator }) => validator),
      [1, 3],
    );
    assert.ok(Math.abs((arm?.gain.mean ?? 0) - 0.5) < 1e-9);
  });

  it('does not depend on the order of the answers', () => {
    const answers = test((prompt) => prompt / 10);
    assert.deepEqual(
      compareArms(answers.toReversed(), options).arms[0]?.gain,
      compareArms(answers, options).arms[0]?.gain,
    );
  });

  it('compares a validator with itself only, so that a lenient one that is missing on one side makes no gain', () => {
    const answers = test(() => 0).map((one) => {
      const [first, second, lenient] = one.scores;
      return one.arm === 'baseline' && first && second && lenient
        ? { ...one, scores: [first, second, [null, null]] }
        : one;
    });
    assert.equal(compareArms(answers, options).arms[0]?.gain.mean, 0);
  });

  it('leaves out of every arm a prompt that one arm has no scores of', () => {
    const answers = test(() => 0.5).filter(
      ({ arm, basePromptIdx }) => arm !== 'ranker' || basePromptIdx !== 3,
    );
    const { basePrompts, baseline } = compareArms(answers, options);
    assert.equal(basePrompts.includes(3), false);
    assert.equal(baseline.scores.length, 11);
  });

  it('has no arms, and no figures, where nothing could be compared', () => {
    const { arms, basePrompts } = compareArms([], options);
    assert.deepEqual([arms, basePrompts], [[], []]);
  });
});
