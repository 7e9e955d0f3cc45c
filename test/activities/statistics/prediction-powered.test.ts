import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clusterMean } from '../../../activities/statistics/cluster-mean.ts';
import { predictionPoweredMean } from '../../../activities/statistics/prediction-powered.ts';
import type { PredictedUnit } from '../../../activities/statistics/prediction-powered.ts';
import { drawSample } from '../../../activities/labels/draw-sample.ts';
import { createRandom } from '../../../activities/randomness/random.ts';
import { assertClose } from './assert-close.ts';

const value = fc.double({ min: -4, max: 4, noNaN: true });
const cluster = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');

describe('predictionPoweredMean', () => {
  it('is the mean over clusters of the labels where everything is labelled, whatever the judge says', () => {
    const units = fc.array(fc.record({ cluster, prediction: value, label: value }), { minLength: 1 });
    fc.assert(
      fc.property(units, (drawn) => {
        const labelled = drawn.map(({ label, ...one }) => ({
          ...one,
          label: { value: label, probability: 1 },
        }));
        const { mean, low, high, judgeWeight } = predictionPoweredMean(labelled);
        const plain = clusterMean(drawn.map((one) => ({ cluster: one.cluster, value: one.label })));
        assert.equal(judgeWeight, 0);
        assertClose(mean, plain.mean, 1e-9);
        // Where clusters do not differ, clusterMean counts them instead.
        if (low === null || high === null || plain.degrees === null || plain.degrees < 1) return;
        assertClose(low, plain.low ?? NaN, 1e-7);
        assertClose(high, plain.high ?? NaN, 1e-7);
      }),
    );
  });

  it('takes a judge who is off by the same everywhere for exact once people have shown by how much', () => {
    const units = Array.from({ length: 40 }, (_, index): PredictedUnit => {
      const truth = (index * 7) % 13;
      const label = index % 2 === 0 ? { value: truth, probability: 0.5 } : undefined;
      return { cluster: `c${index}`, prediction: truth + 2, label };
    });
    const { mean, judgeWeight } = predictionPoweredMean(units);
    assert.ok(judgeWeight > 0.8 && judgeWeight <= 1, String(judgeWeight));
    const truth = units.reduce((sum, { prediction }) => sum + prediction - 2, 0) / units.length;
    assert.ok(Math.abs(mean - truth) < 0.15, `${mean}, not ${truth}`);
  });

  it('gives no weight to a judge who does not go with the labels', () => {
    const units = Array.from({ length: 12 }, (_, index): PredictedUnit => ({
      cluster: `c${index}`,
      prediction: index % 2,
      label: index < 8 ? { value: -(index % 2), probability: 0.5 } : undefined,
    }));
    const { mean, judgeWeight } = predictionPoweredMean(units);
    assert.deepEqual([mean, judgeWeight], [-0.5, 0]);
  });

  it('corrects for having drawn some more often than others', () => {
    const labels = [
      { value: 4, probability: 1 },
      { value: 4, probability: 1 },
      { value: 1, probability: 0.25 },
    ];
    const units = labels.map((label, index) => ({ cluster: `c${index}`, prediction: 0, label }));
    assertClose(predictionPoweredMean([...units, { cluster: 'd', prediction: 0 }]).mean, 12 / 6, 1e-12);
  });

  it('gives no interval for labels of one cluster', () => {
    const label = { value: 1, probability: 0.5 };
    const estimate = predictionPoweredMean([
      { cluster: 'a', prediction: 1, label },
      { cluster: 'b', prediction: 2 },
    ]);
    assert.deepEqual([estimate.low, estimate.high], [null, null]);
  });

  it('refuses no labels, values that are no numbers, and chances that are none', () => {
    const one = (prediction: number, probability?: number): PredictedUnit => ({
      cluster: 'a',
      prediction,
      label: probability === undefined ? undefined : { value: 1, probability },
    });
    assert.throws(() => predictionPoweredMean([one(1)]), { code: 'NO_VALUES' });
    assert.throws(() => predictionPoweredMean([one(NaN, 1)]), { code: 'NOT_FINITE' });
    assert.throws(() => predictionPoweredMean([one(1, 0)]), { code: 'OUT_OF_RANGE' });
    assert.throws(() => predictionPoweredMean([one(1, 1)], 1), { code: 'OUT_OF_RANGE' });
  });

  /** Simulated people and a judge whom the optimized answers flatter by half a point; the truth is a loss of 0.1. */
  it('holds the truth in 95% of worlds with a flattered judge, whose own interval does not', () => {
    const [worlds, truth] = [400, -0.1];
    let [corrected, raw] = [0, 0];
    for (let seed = 0; seed < worlds; seed += 1) {
      const random = createRandom(seed);
      const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const topics = Array.from({ length: 12 }, () => 0.3 * normal());
      const pairs = Array.from({ length: 60 }, (_, index) => {
        const own = truth + (topics[index % 12] ?? 0) + 0.6 * normal();
        const judge = own + 0.5 + 0.3 * normal();
        return {
          topic: `t${index % 12}`,
          judge,
          people: own + 0.3 * normal(),
          dispute: Math.abs(0.3 * normal()),
        };
      });
      const drawn = new Map(
        drawSample(pairs, { count: 20, disputedShare: 0.5, random }).map(
          ({ pair, probability }) => [pair, probability] as const,
        ),
      );
      const estimate = predictionPoweredMean(
        pairs.map((pair) => {
          const probability = drawn.get(pair);
          const label = probability === undefined ? undefined : { value: pair.people, probability };
          return { cluster: pair.topic, prediction: pair.judge, label };
        }),
      );
      const judged = clusterMean(pairs.map(({ topic, judge }) => ({ cluster: topic, value: judge })));
      const holds = ({ low, high }: { low: number | null; high: number | null }): boolean =>
        low !== null && high !== null && low <= truth && truth <= high;
      if (holds(estimate)) corrected += 1;
      if (holds(judged)) raw += 1;
    }
    assert.ok(corrected / worlds > 0.92 && corrected / worlds < 0.98, `corrected: ${corrected} of ${worlds}`);
    assert.ok(raw / worlds < 0.05, `raw: ${raw} of ${worlds}`);
  });
});
