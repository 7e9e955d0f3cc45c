/** Against SciPy, statsmodels and krippendorff: `test/reference/make-score-values.py` made the values. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compareArms, type TestAnswer } from '../../../activities/stages/8-test/metrics/arm-metrics.ts';
import { clusterMean } from '../../../activities/statistics/cluster-mean.ts';
import { calibrate, type Rating } from '../../../activities/statistics/calibration.ts';
import { detectableEffect } from '../../../activities/statistics/detectable-effect.ts';
import { krippendorffAlpha } from '../../../activities/statistics/krippendorff.ts';
import { winRate } from '../../../activities/statistics/win-rate.ts';
import { fitLogistic } from '../../../activities/trainers/ranker/logistic.ts';
import { assertClose } from './assert-close.ts';

interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly degrees: number;
  readonly detectable: number;
}
interface Reference {
  readonly topics: readonly (readonly number[])[];
  readonly gain: Estimate;
  readonly winRate: Estimate;
  readonly nonInferior: readonly (readonly [shift: number, low: number])[];
  readonly ratings: readonly (readonly (number | null)[])[];
  readonly alpha: { readonly alpha: number; readonly low: number; readonly high: number };
  readonly scores: readonly (readonly number[])[];
  readonly z: readonly (readonly number[])[];
  readonly agreement: readonly number[];
  readonly weights: readonly number[];
  readonly looks: readonly (readonly [variation: number, validator: number, score: number])[];
  readonly aligned: readonly number[];
  readonly logistic: {
    readonly x: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly weights: readonly number[];
    readonly penalty: number;
    readonly beta: readonly number[];
  };
}

const reference = JSON.parse(
  readFileSync(new URL('../../reference/score-values.json', import.meta.url), 'utf8'),
) as Reference;
const values = reference.topics.flatMap((topic, index) =>
  topic.map((value) => ({ cluster: String(index), value })),
);

const options = { arms: ['ranker'], criterionNames: ['Depth'], judges: [1] };

/** The differences as a test of one arm, with the baseline at 3; `isLong` = its answers are twice as long as the baseline's. */
function answersOf(shift: number, isLong: (prompt: number) => boolean): TestAnswer[] {
  return values.flatMap(({ cluster, value }, prompt) =>
    (['baseline', 'ranker'] as const).map((arm) => ({
      basePromptIdx: prompt,
      topic: cluster,
      arm,
      answerWords: arm === 'ranker' && isLong(prompt) ? 80 : 40,
      scores: [[3 + (arm === 'ranker' ? value + shift : 0)]],
    })),
  );
}

describe('statistics of scores, against SciPy, statsmodels and krippendorff', () => {
  it('the interval over topics of unequal size, its degrees of freedom and p-value, to 9 digits', () => {
    const { mean, low, high, p, degrees } = clusterMean(values);
    assertClose(mean, reference.gain.mean, 1e-12);
    assertClose(low, reference.gain.low, 1e-9);
    assertClose(high, reference.gain.high, 1e-9);
    assertClose(p, reference.gain.p, 1e-9);
    assertClose(degrees, reference.gain.degrees, 1e-9);
  });

  it('the smallest detectable effect over topics of unequal size, to 9 digits', () => {
    assertClose(detectableEffect(values), reference.gain.detectable, 1e-9);
  });

  it('the win rate to 12 digits, its interval to 9', () => {
    const { share, low, high } = winRate(values);
    assertClose(share, reference.winRate.mean, 1e-12);
    assertClose(low, reference.winRate.low, 1e-9);
    assertClose(high, reference.winRate.high, 1e-9);
  });

  it('non-inferiority: the interval of a criterion, and so the answer, of each shift', () => {
    const answers = reference.nonInferior.map(([shift, low]) => {
      const own = compareArms(
        answersOf(shift, () => false),
        options,
      ).arms[0]?.criteria[0];
      assert.ok(own);
      assertClose(own.gain.low, low, 1e-9);
      assert.equal(own.nonInferior, low > -0.1);
      return own.nonInferior;
    });
    assert.deepEqual(new Set(answers), new Set([true, false]));
  });

  it('length-matched: the gain over the prompts of like length, as if there were no others', () => {
    const arm = compareArms([...answersOf(0, () => false), ...longOnes()], options).arms[0];
    const matched = arm?.lengthMatched;
    assert.equal(matched?.prompts, values.length);
    assertClose(matched?.mean ?? NaN, reference.gain.mean, 1e-12);
    assertClose(matched?.low ?? NaN, reference.gain.low, 1e-9);
    assertClose(matched?.high ?? NaN, reference.gain.high, 1e-9);
    assert.ok(arm && arm.gain.mean > reference.gain.mean + 0.1);
  });

  it('Krippendorff’s alpha to 9 digits, its interval to the accuracy of the resampling', () => {
    const units = reference.ratings.map((ratings, index) => ({ cluster: String(index), ratings }));
    const { alpha, low, high } = krippendorffAlpha(units, { seed: 1, resamples: 20_000 });
    assertClose(alpha, reference.alpha.alpha, 1e-9);
    assertClose(low, reference.alpha.low, 0.02);
    assertClose(high, reference.alpha.high, 0.02);
  });

  it('z-scores by fixed effects of the prompts, agreement and weights to 9 digits', () => {
    const ratings = reference.scores.flatMap((row, index) =>
      row.map((score, validator): Rating => ({
        basePromptIdx: Math.floor(index / 5),
        variationIdx: index % 5,
        validator: validator + 1,
        score,
      })),
    );
    const { scores, validators } = calibrate(ratings);
    for (const { basePromptIdx, variationIdx, byValidator } of scores) {
      for (const [validator, z] of byValidator)
        assertClose(z, reference.z[5 * basePromptIdx + variationIdx]?.[validator - 1] ?? NaN, 1e-9);
    }
    for (const [index, { agreement, weight }] of validators.entries()) {
      assertClose(agreement, reference.agreement[index] ?? NaN, 1e-9);
      assertClose(weight, reference.weights[index] ?? NaN, 1e-9);
    }
  });

  it('scores of a validator that saw some variations only, by least squares, to 4 digits', () => {
    const ratings = reference.looks.map(([variationIdx, validator, score]): Rating => ({
      basePromptIdx: 1,
      variationIdx,
      validator: validator + 1,
      score,
    }));
    const { scores } = calibrate(ratings);
    for (const [index, [variationIdx, validator]] of reference.looks.entries()) {
      const own = scores.find((score) => score.variationIdx === variationIdx);
      assertClose(own?.byValidator.get(validator + 1) ?? NaN, reference.aligned[index] ?? NaN, 1e-4);
    }
  });

  it('penalised logistic regression with soft labels and weights (Bradley–Terry) to 5 digits', () => {
    const { x, labels, weights, penalty, beta } = reference.logistic;
    const rows = x.map((row, index) => ({
      indices: Int32Array.from(row.keys()),
      values: Float64Array.from(row),
      probability: labels[index] ?? NaN,
      weight: weights[index] ?? NaN,
    }));
    for (const [index, fitted] of fitLogistic(rows, 4, penalty).entries())
      assertClose(fitted, beta[index] ?? NaN, 1e-5);
  });
});

/** Prompts of the same topics that gain a point more, with answers twice as long. */
function longOnes(): TestAnswer[] {
  return answersOf(1, () => true).map((answer) => ({
    ...answer,
    basePromptIdx: answer.basePromptIdx + values.length,
  }));
}
