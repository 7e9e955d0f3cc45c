import assert from 'node:assert/strict';
import { decidePromotion, type GateEvidence } from '../../../activities/claims/promotion-rule.ts';

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
  spread: { largestShare: 0.1, skew: 0, withoutOne: { low: 0.25, high: 0.35 }, pSkewed: 0.001 },
  gain: { ...better, pHolm: 0.01 },
  criteria: [criterion('Relevance', better), criterion('Depth', unsure)],
  validatorGains: [seenBy(1, unsure), seenBy(3, better)],
};

const proven: GateEvidence = {
  arm,
  judges: { validators: [3], areUnheard: true },
  regression: unsure,
  prompts: 20,
  topics: 40,
  opponent: 'champion',
  level: 0.05,
  look: 1,
  looks: 5,
  learnedTopics: 0,
  obstacle: null,
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
      [{ topics: 8 }, /rare harm/],
      [{ level: 0.005 }, /not beyond chance/],
      [{ arm: { ...arm, spread: { ...arm.spread, skew: -2.5, pSkewed: 0.04 } } }, /skew/],
      [
        { obstacle: 'the prompts of the split gate are not those that were registered' },
        /cannot tell: the prompts/,
      ],
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
