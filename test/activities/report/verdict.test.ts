import assert from 'node:assert/strict';
import { decideVerdict, endOfScale, type Evidence } from '../../../activities/report/verdict.ts';

type Arm = Evidence['arms'][number];
const judges = { validators: [3], areUnheard: true };
const arm = (
  name: string,
  mean: number,
  low: number | null,
  high: number | null,
  pHolm: number | null,
  rest: Partial<Arm> = {},
): Arm => ({
  name,
  gain: { mean, low, high, pHolm },
  isClaimed: true,
  overControl: null,
  criteria: [],
  validatorGains: [],
  ...rest,
});
const decide = (
  arms: readonly Arm[],
  detectableEffect: number | null = 0.25,
): ReturnType<typeof decideVerdict> =>
  decideVerdict({ arms, detectableEffect, judges, counts: { testPrompts: 21, testTopics: 10 } });

describe('decideVerdict', () => {
  it('states a proven gain in one plain sentence', () => {
    assert.deepEqual(decide([arm('ranker', 0.62, 0.41, 0.83, 0.001)]), {
      kind: 'gain',
      arm: 'ranker',
      sentence:
        'The optimized prompts (ranker) score 0.62 points higher (95% interval 0.41 to 0.83) than the untouched prompts on 21 held-out prompts of 10 topics.',
    });
  });

  it('says of a proven gain whether learning has a share in it that spending has not', () => {
    const than = 'than rewriting without learning.';
    const sentenceWith = (low: number, high: number): string =>
      decide([
        arm('untrained', 0.7, 0.5, 0.9, null, { isClaimed: false }),
        arm('ranker', 0.62, 0.41, 0.83, 0.001, { overControl: { mean: 0.2, low, high } }),
      ]).sentence;
    assert.ok(
      sentenceWith(0.1, 0.3).endsWith(
        `10 topics. Learning adds to it: they score 0.20 points higher (95% interval 0.10 to 0.30) ${than}`,
      ),
    );
    assert.ok(
      sentenceWith(-0.1, 0.5).endsWith(
        `Rewriting helps; that learning adds to it is not proven: they score 0.20 points higher (95% interval 0.10 lower to 0.50 higher) ${than}`,
      ),
    );
  });

  it('cannot tell where every answer is at one end of the scale, whatever the interval', () => {
    const arms = [arm('template', 0, 0, 0, 1)];
    for (const [meanScore, end] of [
      [1, 'least'],
      [5, 'greatest'],
    ] as const) {
      const scored = { baseline: { meanScore }, arms: [{ meanScore }, { meanScore }] };
      assert.equal(endOfScale(scored), end);
      const verdict = decideVerdict({
        arms,
        detectableEffect: 0,
        judges,
        counts: { testPrompts: 21, testTopics: 10 },
        end: endOfScale(scored),
      });
      assert.deepEqual([verdict.kind, verdict.arm], ['cannot tell', 'template']);
    }
    assert.equal(endOfScale({ baseline: { meanScore: 1 }, arms: [{ meanScore: 1.1 }] }), undefined);
    assert.equal(endOfScale({ baseline: { meanScore: 3 }, arms: [{ meanScore: 3 }] }), undefined);
  });

  it('is never about the control, not even where it alone gains', () => {
    const { kind, arm: name } = decide([
      arm('untrained', 0.7, 0.5, 0.9, null, { isClaimed: false }),
      arm('ranker', 0.1, -0.1, 0.3, 0.3),
    ]);
    assert.deepEqual([kind, name], ['not proven', 'ranker']);
  });

  it('takes a gain back that a criterion or a believed validator speaks against, and prefers an arm without objection', () => {
    const loss = { mean: -0.3, low: -0.5, high: -0.1 };
    const depth = { name: 'Depth', mean: 3, baseline: 3.3, gain: loss, nonInferior: false };
    const byDepth = arm('rewriter', 0.9, 0.5, 1.3, 0.001, { criteria: [depth] });
    const byOne = arm('rewriter', 0.9, 0.5, 1.3, 0.001, {
      validatorGains: [{ validator: 1, gain: -0.3, low: -0.5, high: -0.1, isReferee: false }],
    });
    assert.match(decide([byDepth]).sentence, /^Better on the whole, but proven worse on Depth: /);
    assert.match(decide([byOne]).sentence, /but proven worse for validator 1: /);
    assert.deepEqual([decide([byDepth]).kind, decide([byOne]).kind], ['mixed', 'mixed']);
    const { kind, arm: name } = decide([byDepth, arm('ranker', 0.4, 0.1, 0.7, 0.02)]);
    assert.deepEqual([kind, name], ['gain', 'ranker']);
  });

  it('names the gain that the least convinced validator sees', () => {
    const [one, other] = [0.7, -0.05].map((gain, index) => ({
      validator: index + 1,
      gain,
      low: gain - 0.1,
      high: gain + 0.1,
      isReferee: false,
    }));
    const { sentence } = decide([arm('ranker', 0.62, 0.41, 0.83, 0.001, { validatorGains: [one!, other!] })]);
    assert.match(sentence, /; the validator that sees least sees 0\.05 lower\.$/);
  });

  it('claims nothing where learning has listened to every judge that is left', () => {
    const verdict = decideVerdict({
      arms: [arm('ranker', 0.62, 0.41, 0.83, 0.001)],
      detectableEffect: 0.1,
      judges: { validators: [1, 2], areUnheard: false },
      counts: { testPrompts: 21, testTopics: 10 },
    });
    assert.equal(verdict.kind, 'cannot tell');
    assert.match(verdict.sentence, /no validator is left that learning has not listened to/);
  });

  it('prefers a proven arm to a larger gain that is not proven', () => {
    const { kind, arm: name } = decide([arm('wild', 0.9, -0.2, 2, 0.2), arm('ranker', 0.4, 0.1, 0.7, 0.02)]);
    assert.deepEqual([kind, name], ['gain', 'ranker']);
  });

  it('takes the largest of several proven gains', () => {
    const arms = [arm('rewriter', 0.3, 0.1, 0.5, 0.001), arm('ranker', 0.5, 0.3, 0.7, 0.001)];
    assert.equal(decide(arms).arm, 'ranker');
    assert.equal(decide(arms.toReversed()).arm, 'ranker');
  });

  it('rests no verdict on fewer than five topics, however sure the figures look', () => {
    const sure = { arms: [arm('ranker', 0.4, 0.37, 0.44, 0.01)], judges, detectableEffect: 0.1 };
    assert.equal(decideVerdict({ ...sure, counts: { testPrompts: 8, testTopics: 4 } }).kind, 'cannot tell');
    assert.equal(decideVerdict({ ...sure, counts: { testPrompts: 10, testTopics: 5 } }).kind, 'gain');
  });

  it('does not call a gain what Holm takes back, nor what its interval does not bear out', () => {
    assert.equal(decide([arm('ranker', 0.3, 0.01, 0.6, 0.09)]).kind, 'not proven');
    assert.equal(decide([arm('ranker', 0.3, -0.01, 0.6, 0.04)]).kind, 'not proven');
  });

  it('does not call a small gain on few topics one, as a rare harm may not have shown, nor one whose few losses are large', () => {
    const small = decide([arm('ranker', 0.3, 0.2, 0.4, 0.001)]);
    assert.equal(small.kind, 'not proven');
    assert.match(small.sentence, /^Not proven, as on 10 topics a gain below 0\.35 points/);
    const spread = { largestShare: 0.1, skew: -2.6, withoutOne: { low: 0.3, high: 0.6 }, pSkewed: 0.03 };
    const skewed = decide([arm('ranker', 0.4, 0.01, 0.8, 0.04, { spread })]);
    assert.equal(skewed.kind, 'not proven');
    assert.match(skewed.sentence, /skew −2\.60/);
    assert.equal(
      decide([arm('ranker', 0.4, 0.01, 0.8, 0.04, { spread: { ...spread, pSkewed: 0.02 } })]).kind,
      'gain',
    );
  });

  it('proves nothing by judges who may have paid for length alone, where they are not programs', () => {
    const kindOf = (
      atEqualLength: Arm['atEqualLength'],
      { arePrograms = false, lengthRatio = 1.8 } = {},
    ): string =>
      decideVerdict({
        arms: [
          arm('ranker', 0.62, 0.41, 0.83, 0.001, {
            ...(atEqualLength !== undefined && { atEqualLength }),
            lengthRatio,
          }),
        ],
        detectableEffect: 0.25,
        judges: { ...judges, arePrograms },
        counts: { testPrompts: 21, testTopics: 10 },
      }).kind;
    const left = { mean: 0.3, low: 0.05, high: 0.55, perDoubling: 0.4 };
    assert.equal(kindOf(left), 'gain');
    assert.equal(kindOf({ ...left, low: -0.05 }), 'not proven');
    assert.equal(kindOf(null), 'not proven');
    assert.equal(kindOf(null, { arePrograms: true }), 'gain');
    assert.equal(kindOf(null, { lengthRatio: 0.7 }), 'gain', 'shorter answers');
    assert.equal(kindOf(undefined), 'gain', 'metrics of an earlier version');
  });

  it('concludes nothing where the run is not what was registered', () => {
    const { kind, sentence } = decideVerdict({
      arms: [arm('ranker', 0.62, 0.41, 0.83, 0.001)],
      detectableEffect: 0.1,
      judges,
      counts: { testPrompts: 21, testTopics: 10 },
      deviation: 'the prompts of the split test are not those that were registered',
    });
    assert.equal(kind, 'cannot tell');
    assert.match(sentence, /split test are not those/);
  });

  it('says with no gain what the test could have seen', () => {
    const { kind, sentence } = decide([arm('ranker', -0.05, -0.2, 0.1, 0.5)]);
    assert.equal(kind, 'no gain');
    assert.match(
      sentence,
      /^No gain: .*0\.05 points lower \(95% interval 0\.20 lower to 0\.10 higher\).*0\.25 points\.$/,
    );
  });

  it('says worse only when the best arm is proven worse', () => {
    const bad = arm('rewriter', -0.5, -0.8, -0.2, 0.01);
    assert.equal(decide([bad]).kind, 'worse');
    assert.equal(decide([bad, arm('ranker', 0.05, -0.1, 0.2, 0.6)]).kind, 'not proven');
    assert.match(decide([bad]).sentence, /^Worse: .*0\.50 points lower \(95% interval 0\.20 to 0\.80\)/);
  });

  it('concludes nothing where too many score sheets are missing, whatever the others say', () => {
    const counts = { testPrompts: 21, testTopics: 10 };
    const arms = [arm('ranker', 0.62, 0.41, 0.83, 0.001)];
    const verdict = decideVerdict({ arms, detectableEffect: 0.1, judges, counts, missingShare: 1 });
    assert.deepEqual([verdict.kind, verdict.arm], ['cannot tell', null]);
    assert.match(verdict.sentence, /100% of the validators' score sheets could not be read/);
  });

  it('concludes nothing where too few validators are believed, and says so', () => {
    const counts = { testPrompts: 21, testTopics: 10 };
    const arms = [arm('ranker', 0.62, 0.41, 0.83, 0.001)];
    const tooFewValidators = 'only 1 of the 2 validators that scored can be believed (validator 2: …)';
    const verdict = decideVerdict({ arms, judges, detectableEffect: 0.1, counts, tooFewValidators });
    assert.deepEqual([verdict.kind, verdict.arm], ['cannot tell', null]);
    assert.ok(verdict.sentence.includes(tooFewValidators));
  });

  it('says why nothing was tested', () => {
    const counts = { testPrompts: 0, testTopics: 0 };
    const { kind, sentence } = decideVerdict({
      arms: [],
      detectableEffect: null,
      judges,
      counts,
      untrained: 'of X',
    });
    assert.equal(kind, 'none');
    assert.match(sentence, /as of X\.$/);
  });

  it('has a verdict without arms and without intervals', () => {
    assert.deepEqual(decide([]).arm, null);
    const { kind, sentence } = decide([arm('ranker', 0.4, null, null, null)], null);
    assert.equal(kind, 'cannot tell');
    assert.match(sentence, /too few topics/);
    assert.doesNotMatch(sentence, /null|NaN|interval/);
  });
});
