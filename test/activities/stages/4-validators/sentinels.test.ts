import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plantSentinels } from '../../../../activities/stages/4-validators/sentinels.ts';
import { rowOf } from '../../store/rows.ts';
import type { ScoredAnswer } from '../../../../activities/stages/4-validators/scored-answer.ts';

const answers = (count: number): ScoredAnswer[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `${index}:-1:0`,
    basePrompt: `request ${index}`,
    sent: `request ${index}`,
    fields: {},
    row: rowOf('model_outputs', {
      model_output: `One sentence of answer${index}. Another, with a few more words in it; and some more of them.`,
    }),
  }));
const shares = { sentinels: 0.05, audit: 0.05 };

describe('plantSentinels', () => {
  it('plants at least one of each kind where there are two answers, and no more than the shares of larger shards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, seed) => {
        const planted = plantSentinels(answers(count), shares, seed);
        const known = planted.filter(({ kind }) => kind === 'worse' || kind === 'bribed').length;
        assert.ok(known >= Math.min(2, count) && known <= Math.max(2, 0.05 * count));
        for (const wanted of count === 1 ? ['bribed'] : ['bribed', 'worse'])
          assert.ok(planted.some(({ kind }) => kind === wanted));
        assert.ok(planted.length - known >= 1 && planted.length - known <= Math.max(1, 0.05 * count));
        const keys = planted.map(({ kind, from }) => `${kind}:${from.key}`);
        assert.equal(new Set(keys).size, keys.length);
      }),
    );
  });

  it('begins with a bribed one, so that a single one catches every fault', () => {
    for (const seed of [1, 2, 3]) assert.equal(plantSentinels(answers(5), shares, seed)[0]?.kind, 'bribed');
  });

  it('makes the worse ones of words of another answer, without a sentence among them', () => {
    const planted = plantSentinels(answers(200), shares, 4).filter(({ kind }) => kind === 'worse');
    assert.ok(planted.length > 0);
    for (const { text, from } of planted) {
      assert.doesNotMatch(text, /[.;,]/);
      assert.ok(!text.includes(from.basePrompt.replace('request ', 'answer')));
    }
  });

  it('repeats the real answer in twins, and asks for one criterion alone in singles', () => {
    const planted = plantSentinels(answers(200), shares, 5);
    const again = planted.filter(({ kind }) => kind === 'twin' || kind === 'single');
    assert.ok(again.some(({ kind }) => kind === 'twin') && again.some(({ kind }) => kind === 'single'));
    for (const { kind, text, criterion, from } of again) {
      assert.equal(text, from.row['model_output']);
      assert.equal(criterion === null, kind === 'twin');
    }
  });

  it('plants nothing where there is nothing, or where it is switched off', () => {
    assert.deepEqual(plantSentinels([], shares, 1), []);
    assert.deepEqual(plantSentinels(answers(50), { sentinels: 0, audit: 0 }, 1), []);
  });
});
