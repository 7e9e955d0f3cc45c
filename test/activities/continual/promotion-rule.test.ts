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

const seenBy = (validator: number, { mean, low, high }: typeof better) => ({
  validator,
  gain: mean,
  low,
  high,
  isReferee: validator === 3,
});
const arm = {
  gain: { ...better, pHolm: 0.01 },
  criteria: [criterion('Relevance', better), criterion('Depth', unsure)],
  validatorGains: [seenBy(1, unsure), seenBy(3, better)],
};

const proven: GateEvidence = {
  arm,
  judges: { validators: [3], areUnheard: true },
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

  it('takes an interval that touches 0 neither for a gain nor for a loss', () => {
    const touching = { mean: 0.2, low: 0, high: 0.4 };
    const below = { mean: -0.2, low: -0.4, high: 0 };
    assert.equal(
      decidePromotion({ ...proven, arm: { ...arm, gain: { ...touching, pHolm: 0.01 } } }).promote,
      false,
    );
    assert.equal(decidePromotion({ ...proven, regression: below }).promote, true);
    assert.equal(
      decidePromotion({ ...proven, arm: { ...arm, criteria: [criterion('Depth', below)] } }).promote,
      true,
    );
  });

  it('keeps the champion, and says why', () => {
    const cases: [Partial<GateEvidence>, RegExp][] = [
      [{ arm: { ...arm, gain: { ...unsure, pHolm: 0.4 } } }, /not beyond chance/],
      [{ arm: { ...arm, gain: { ...worse, pHolm: 0.01 } } }, /not beyond chance/],
      [{ arm: { ...arm, gain: { mean: 0.3, low: null, high: null, pHolm: null } } }, /not beyond chance/],
      [{ arm: null }, /could be compared/],
      [{ judges: { validators: [1, 2], areUnheard: false } }, /not listened to/],
      [{ arm: { ...arm, validatorGains: [seenBy(1, worse)] } }, /worse for validator 1/],
      [{ topics: 4 }, /at least 5/],
      [
        { arm: { ...arm, criteria: [criterion('Relevance', better), criterion('Depth', worse)] } },
        /worse on Depth/,
      ],
      [{ regression: worse }, /earlier rounds/],
    ];
    for (const [change, why] of cases) {
      const { promote, reason } = decidePromotion({ ...proven, ...change });
      assert.equal(promote, false);
      assert.match(reason, why);
    }
  });
});
