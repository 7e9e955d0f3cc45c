import assert from 'node:assert/strict';
import { calibrate, type Rating } from '../../../activities/statistics/calibration.ts';
import { createRandom } from '../../../activities/randomness/random.ts';
import { assertClose } from './assert-close.ts';

/** Scores of 30 prompts × 6 variations with a known quality; `score` says how a validator sees it. */
function world(score: (validator: number, quality: number, prompt: number, noise: number) => number | null): {
  ratings: Rating[];
  quality: Map<string, number>;
} {
  const random = createRandom(11);
  const ratings: Rating[] = [];
  const quality = new Map<string, number>();
  for (let prompt = 0; prompt < 30; prompt += 1) {
    for (let variation = -1; variation < 5; variation += 1) {
      const truth = random() * 2 - 1;
      quality.set(`${prompt},${variation}`, truth);
      for (const validator of [1, 2, 3]) {
        const value = score(validator, truth, prompt, random() * 2 - 1);
        ratings.push({ basePromptIdx: prompt, variationIdx: variation, validator, score: value });
      }
    }
  }
  return { ratings, quality };
}

describe('calibrate', () => {
  it('takes out leniency, scale and prompt difficulty', () => {
    const { ratings } = world((validator, quality, prompt) => validator + (prompt % 3) + quality * validator);
    const { scores, validators } = calibrate(ratings);
    for (const { byValidator } of scores) {
      assertClose(byValidator.get(1)!, byValidator.get(3)!, 1e-9);
      assertClose(byValidator.get(2)!, byValidator.get(3)!, 1e-9);
    }
    validators.forEach(({ agreement, weight }) => {
      assertClose(agreement, 1, 1e-9);
      assertClose(weight, 1 / 3, 1e-9);
    });
  });

  it('gives the z-scores and weights of the formula', () => {
    const ratings: Rating[] = [
      { basePromptIdx: 1, variationIdx: -1, validator: 1, score: 2 },
      { basePromptIdx: 1, variationIdx: 0, validator: 1, score: 4 },
      { basePromptIdx: 1, variationIdx: -1, validator: 2, score: 5 },
      { basePromptIdx: 1, variationIdx: 0, validator: 2, score: 1 },
    ];
    const { scores, validators } = calibrate(ratings);
    // Validator 1: centred ±1, pooled SD √2 with one degree of freedom. Both agreements are −1.
    assertClose(scores[0]!.byValidator.get(1)!, -Math.SQRT1_2, 1e-12);
    assert.equal(validators[0]!.spread, Math.SQRT2);
    assertClose(validators[0]!.agreement, -1, 1e-12);
    assert.equal(validators[0]!.weight, 0.5);
  });

  it('weighs an uninformative validator down, and still below equal only', () => {
    const { ratings } = world(
      (validator, quality, _prompt, noise) => 3 + (validator === 3 ? noise : quality + noise / 4),
    );
    const weights = calibrate(ratings).validators.map(({ weight }) => weight);
    assert.ok(weights[2]! < weights[0]! && weights[2]! < weights[1]!);
    assert.ok(weights[2]! > 0.1 && weights[0]! < 0.5, String(weights));
    assertClose(
      weights.reduce((sum, weight) => sum + weight, 0),
      1,
      1e-12,
    );
  });

  it('keeps a nearly constant validator quiet and gives a constant one no z-scores', () => {
    const nearly = calibrate(
      world((validator, quality) => (validator === 2 ? 3 + quality / 100 : quality)).ratings,
    );
    assert.ok(nearly.scores.every(({ byValidator }) => Math.abs(byValidator.get(2)!) < 0.2));
    const constant = calibrate(world((validator, quality) => (validator === 2 ? 3.3 : quality)).ratings);
    assert.ok(constant.scores.every(({ byValidator }) => !byValidator.has(2)));
    assert.equal(constant.validators[1]!.spread, 0);
  });

  it('leaves missing scores out and combines those that are there', () => {
    let turn = 0;
    const { ratings, quality } = world((validator, truth) =>
      (turn += 1) % 7 === 0 && validator !== 1 ? null : truth,
    );
    const { scores } = calibrate([
      ...ratings,
      { basePromptIdx: 99, variationIdx: 0, validator: 1, score: null },
    ]);
    assert.equal(scores.length, quality.size);
    const sameSign = scores.filter(
      ({ basePromptIdx, variationIdx, score }) =>
        score > 0 === quality.get(`${basePromptIdx},${variationIdx}`)! > 0,
    );
    assert.ok(sameSign.length / scores.length > 0.8);
    assert.deepEqual(calibrate([]), { scores: [], validators: [] });
  });

  it('does not hold it against the better variations that they alone were looked at again', () => {
    // Both validators see the same truth; the second saw the upper half of each prompt only.
    const ratings = [0, 1, 2, 3].flatMap((prompt) =>
      [1, 2, 3, 4].flatMap((quality) => [
        { basePromptIdx: prompt, variationIdx: quality, validator: 1, score: quality },
        { basePromptIdx: prompt, variationIdx: quality, validator: 2, score: quality > 2 ? quality : null },
      ]),
    );
    const { scores } = calibrate(ratings);
    const scoreOf = (variation: number): number =>
      scores.find(({ basePromptIdx, variationIdx }) => basePromptIdx === 0 && variationIdx === variation)!
        .score;
    assert.ok(scoreOf(1) < scoreOf(2) && scoreOf(2) < scoreOf(3) && scoreOf(3) < scoreOf(4));
    assert.ok(scoreOf(3) - scoreOf(2) > 0.5);
  });
});
