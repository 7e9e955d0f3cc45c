import assert from 'node:assert/strict';
import { decidePromotion, type GateEvidence } from '../../../activities/continual/promotion-rule.ts';

const better = { mean: 0.3, low: 0.1, high: 0.5 };
const worse = { mean: -0.3, low: -0.5, high: -0.1 };
const unsure = { mean: 0.1, low: -0.1, high: 0.3 };
const criterion = (name: string, gain: typeof better) => ({
  name,
  mean: 3,
  baseline: 3,
  gain,
  nonInferior: true,
});

const proven: GateEvidence = {
  gain: { ...better, pHolm: 0.01 },
  criteria: [criterion('Relevance', better), criterion('Depth', unsure)],
  regression: unsure,
  prompts: 20,
  topics: 10,
  opponent: 'champion',
};

describe('decidePromotion', () => {
  it('promotes a proven gain', () => {
    assert.equal(decidePromotion(proven).promote, true);
    assert.equal(decidePromotion({ ...proven, regression: null }).promote, true);
  });

  it('keeps the champion, and says why', () => {
    const cases: [Partial<GateEvidence>, RegExp][] = [
      [{ gain: { ...unsure, pHolm: 0.4 } }, /not beyond chance/],
      [{ gain: { ...worse, pHolm: 0.01 } }, /not beyond chance/],
      [{ gain: { mean: 0.3, low: null, high: null, pHolm: null } }, /not beyond chance/],
      [{ topics: 4 }, /at least 5/],
      [{ criteria: [criterion('Relevance', better), criterion('Depth', worse)] }, /worse on Depth/],
      [{ regression: worse }, /earlier rounds/],
    ];
    for (const [change, why] of cases) {
      const { promote, reason } = decidePromotion({ ...proven, ...change });
      assert.equal(promote, false);
      assert.match(reason, why);
    }
  });
});
