import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  selectPairs,
  standardErrorOfDifference,
  type ScoredVariation,
} from '../../../../activities/stages/6-pairs/pair-selection.ts';

const rules = { minMargin: 0.5, maxPerPrompt: 4, maxLengthRatio: 3, standardError: 0.5 };
const texts = [
  'tell me about bees',
  'why do owls hunt at night',
  'list three rivers',
  'how is glass made today',
  'what do banks do with money',
];

function variation(
  variationIdx: number,
  score: number,
  overrides: Partial<ScoredVariation> = {},
): ScoredVariation {
  const prompt = texts[variationIdx % texts.length] ?? '';
  return {
    variationIdx,
    prompt,
    score,
    byValidator: new Map([
      [1, score],
      [2, score],
      [3, score],
    ]),
    ...overrides,
  };
}

const variations = fc
  .array(fc.record({ score: fc.integer({ min: -20, max: 20 }), prompt: fc.constantFrom(...texts) }), {
    maxLength: 9,
  })
  .map((list) => list.map(({ score, prompt }, index) => variation(index, score / 10, { prompt })));

describe('selectPairs', () => {
  it('prefers the higher score in every pair, by the margin at least', () => {
    fc.assert(
      fc.property(variations, (list) => {
        for (const { chosen, rejected, margin } of selectPairs(list, rules)) {
          assert.ok(chosen.score > rejected.score);
          assert.ok(margin >= rules.minMargin);
        }
      }),
    );
  });

  it('does not depend on the order of the variations', () => {
    fc.assert(
      fc.property(variations, (list) => {
        assert.deepEqual(selectPairs(list.toReversed(), rules), selectPairs(list, rules));
      }),
    );
  });

  it('keeps to the number of pairs, and their weights sum to one', () => {
    fc.assert(
      fc.property(variations, (list) => {
        const pairs = selectPairs(list, rules);
        assert.ok(pairs.length <= rules.maxPerPrompt);
        if (pairs.length > 0)
          assert.ok(Math.abs(pairs.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9);
      }),
    );
  });

  it('makes no pair of a tie', () => {
    assert.deepEqual(selectPairs([variation(0, 1), variation(1, 1)], { ...rules, minMargin: 0 }), []);
  });

  it('makes no pair of two wordings of the same words', () => {
    const same = { prompt: 'tell me about bees' };
    assert.deepEqual(selectPairs([variation(0, 2, same), variation(1, 0, same)], rules), []);
  });

  it('makes no pair of prompts of very different length', () => {
    const long = { prompt: Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ') };
    assert.deepEqual(selectPairs([variation(0, 2, long), variation(1, 0)], rules), []);
  });

  it('wants half as much margin again where the validators disagree', () => {
    const split = {
      byValidator: new Map([
        [1, -1],
        [2, 1.5],
        [3, 1.3],
      ]),
    };
    const other = variation(1, 0);
    assert.equal(selectPairs([variation(0, 0.6, split), other], rules).length, 0);
    assert.equal(selectPairs([variation(0, 0.8, split), other], rules).length, 1);
  });

  it('is surer of a wider margin', () => {
    const [wide, narrow] = [2, 0.6].map(
      (score) => selectPairs([variation(0, score), variation(1, 0)], rules)[0]?.probability ?? 0,
    );
    assert.ok(wide! > narrow! && narrow! > 0.5);
  });
});

describe('standardErrorOfDifference', () => {
  it('grows with disagreement and never falls below its floor', () => {
    const agreeing = standardErrorOfDifference([variation(0, 1), variation(1, 2)]);
    const disagreeing = standardErrorOfDifference([
      variation(0, 1, {
        byValidator: new Map([
          [1, -1],
          [2, 1],
          [3, 3],
        ]),
      }),
    ]);
    assert.equal(agreeing, 0.25);
    assert.ok(Math.abs(disagreeing - Math.sqrt((2 * 4) / 3)) < 1e-12);
  });
});
