import assert from 'node:assert/strict';
import { clusterMean } from '../../../activities/statistics/cluster-mean.ts';
import { holm } from '../../../activities/statistics/holm.ts';
import { krippendorffAlpha } from '../../../activities/statistics/krippendorff.ts';
import { normalCdf, normalQuantile } from '../../../activities/statistics/normal.ts';
import { predictionPoweredMean } from '../../../activities/statistics/prediction-powered.ts';
import { studentTQuantile } from '../../../activities/statistics/student-t.ts';
import { wilsonInterval } from '../../../activities/statistics/wilson.ts';

const outOfRange = { code: 'OUT_OF_RANGE' };
const notFinite = { code: 'NOT_FINITE' };

describe('what statistics take, to its limits', () => {
  it('probabilities are from 0 to 1, both included where the answer is known', () => {
    assert.deepEqual([normalQuantile(0), normalQuantile(1)], [-Infinity, Infinity]);
    assert.ok(Math.abs(normalQuantile(0.5)) < 1e-15);
    assert.deepEqual([holm([0]), holm([1])], [[0], [1]]);
    for (const p of [-1e-12, 1 + 1e-12, Number.NaN]) {
      assert.throws(() => normalQuantile(p), outOfRange, String(p));
      assert.throws(() => studentTQuantile(p, 3), outOfRange, String(p));
      assert.throws(() => holm([0.5, p]), outOfRange, String(p));
    }
  });

  it('levels are between 0 and 1, neither included', () => {
    const values = [1, 2, 4].map((value, index) => ({ cluster: String(index), value }));
    const units = values.map(({ cluster, value }) => ({
      cluster,
      prediction: value,
      label: { value, probability: 1 },
    }));
    for (const level of [0, 1, -0.1, 1.1, Number.NaN]) {
      assert.throws(() => clusterMean(values, level), outOfRange, String(level));
      assert.throws(() => predictionPoweredMean(units, level), outOfRange, String(level));
    }
    for (const level of [0.001, 0.999]) assert.equal(clusterMean(values, level).mean, 7 / 3);
  });

  it('degrees of freedom are above 0', () => {
    for (const degrees of [0, -1, Number.NaN])
      assert.throws(() => studentTQuantile(0.9, degrees), outOfRange, String(degrees));
    // Of one degree it is Cauchy's: tan(π (p − ½)).
    assert.ok(Math.abs(studentTQuantile(0.75, 1) - 1) < 1e-9);
    assert.ok(Math.abs(studentTQuantile(0.975, 1e9) - normalQuantile(0.975)) < 1e-6);
    assert.equal(studentTQuantile(0.2, 4), -studentTQuantile(0.8, 4));
  });

  it('values are finite', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      assert.throws(() => clusterMean([{ cluster: 'a', value }]), notFinite, String(value));
      assert.throws(
        () => krippendorffAlpha([{ cluster: 'a', ratings: [1, value] }], { seed: 1, resamples: 2 }),
        notFinite,
        String(value),
      );
      for (const unit of [
        { prediction: value, label: { value: 1, probability: 1 } },
        { prediction: 1, label: { value, probability: 1 } },
      ])
        assert.throws(() => predictionPoweredMean([{ cluster: 'a', ...unit }]), notFinite, String(value));
    }
  });

  it('chances to be labelled are above 0 and at most 1', () => {
    const labelled =
      (probability: number): (() => unknown) =>
      () =>
        predictionPoweredMean([{ cluster: 'a', prediction: 1, label: { value: 1, probability } }]);
    for (const probability of [0, -0.5, 1.000_001, Number.NaN])
      assert.throws(labelled(probability), outOfRange, String(probability));
    assert.doesNotThrow(labelled(1));
  });

  it('successes are from none to all', () => {
    assert.deepEqual([wilsonInterval(0, 4).low, wilsonInterval(4, 4).high], [0, 1]);
    for (const successes of [-0.1, 4.1, Number.NaN])
      assert.throws(() => wilsonInterval(successes, 4), outOfRange, String(successes));
  });

  it('the normal distribution is that of its table', () => {
    for (const [x, p] of [
      [0, 0.5],
      [1, 0.841_344_746_068_542_9],
      [-1, 0.158_655_253_931_457_05],
      [1.959_963_984_540_054, 0.975],
      [-6, 9.865_876_450_376_946e-10],
      [3, 0.998_650_101_968_369_9],
    ] as const) {
      assert.ok(Math.abs(normalCdf(x) / p - 1) < 1e-9, String(x));
      assert.ok(Math.abs(normalQuantile(p) - x) < 1e-8, String(x));
    }
  });
});
