/** Reference: R `p.adjust(p, 'holm')` by its definition; scipy 1.17.1 `stats.false_discovery_control`; `stats.nct` for power. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clusterSpread } from '../../../activities/statistics/cluster-mean.ts';
import { totalClusters } from '../../../activities/statistics/clusters.ts';
import { detectableEffect } from '../../../activities/statistics/detectable-effect.ts';
import { findDiscoveries } from '../../../activities/statistics/false-discovery.ts';
import { holm } from '../../../activities/statistics/holm.ts';
import { winRate } from '../../../activities/statistics/win-rate.ts';
import { assertClose } from './assert-close.ts';

const differences = (values: readonly number[]): { cluster: string; value: number }[] =>
  values.map((value, index) => ({ cluster: `c${Math.floor(index / 2)}`, value }));

describe('holm', () => {
  it("gives R's adjusted p-values in the order given, nulls left out of the count", () => {
    const adjusted = holm([0.01, null, 0.04, 0.03, 0.005]);
    [0.03, null, 0.06, 0.06, 0.02].forEach((expected, index) => {
      if (expected === null) assert.equal(adjusted[index], null);
      else assertClose(adjusted[index]!, expected, 1e-12);
    });
  });

  it('never lowers a p-value, never passes 1 and keeps the order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (pValues) => {
        const adjusted = holm(pValues);
        pValues.forEach((p, index) => assert.ok(adjusted[index]! >= p && adjusted[index]! <= 1));
        const order = pValues
          .map((p, index) => ({ p, adjusted: adjusted[index]! }))
          .toSorted((a, b) => a.p - b.p);
        order.slice(1).forEach((next, index) => assert.ok(next.adjusted >= order[index]!.adjusted));
      }),
    );
    assert.throws(() => holm([1.5]), { code: 'OUT_OF_RANGE' });
  });
});

describe('findDiscoveries', () => {
  it('rejects what scipy rejects at a false discovery rate of 0.1', () => {
    assert.deepEqual(findDiscoveries([0.01, 0.04, 0.03, 0.005, 0.2, 0.5], 0.1), [
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    assert.deepEqual(findDiscoveries([0.5, 0.9], 0.1), [false, false]);
    assert.deepEqual(findDiscoveries([], 0.1), []);
  });
});

describe('winRate', () => {
  it('counts ties half', () => {
    const rate = winRate(differences([0.5, -0.2, 0, 1, 0.3, 0]));
    assert.deepEqual([rate.share, rate.wins, rate.ties, rate.losses], [4 / 6, 3, 2, 1]);
    assert.ok(rate.low! >= 0 && rate.low! < 4 / 6 && rate.high! <= 1);
  });

  it("has Wilson's interval over clusters when every prompt is won", () => {
    const rate = winRate(differences(Array.from({ length: 20 }, () => 1)));
    assert.equal(rate.share, 1);
    assertClose(rate.low, 0.7224672001371109, 1e-9);
  });

  it('mirrors when wins and losses are exchanged', () => {
    const values = [0.5, -0.2, 0.1, 1, 0.3, -0.6, 0.2, 0.2];
    const [rate, mirror] = [values, values.map((value) => -value)].map((side) => winRate(differences(side)));
    assertClose(mirror!.share, 1 - rate!.share, 1e-12);
    assertClose(mirror!.low, 1 - rate!.high!, 1e-9);
    assert.throws(() => winRate(differences([Number.NaN])), { code: 'NOT_FINITE' });
  });
});

describe('detectableEffect', () => {
  it('is what a t-test with 12 clusters finds with 80% power (noncentral t: 3.078 standard errors)', () => {
    const values = Array.from({ length: 12 }, (_, index) => ({
      cluster: `c${index}`,
      value: Math.sin(index * 7),
    }));
    const { standardError } = clusterSpread(totalClusters(values));
    assertClose(detectableEffect(values)! / standardError, 3.078388675699455, 0.005);
  });

  it('grows when values of a cluster are copies of each other', () => {
    const spread = Array.from({ length: 24 }, (_, index) => ({ cluster: `c${index}`, value: index % 2 }));
    const clustered = spread.map(({ value }, index) => ({ cluster: `c${index % 6}`, value }));
    assert.ok(detectableEffect(clustered)! > detectableEffect(spread)!);
  });

  it('is null with one cluster', () => {
    assert.equal(detectableEffect([{ cluster: 'a', value: 1 }]), null);
  });
});
