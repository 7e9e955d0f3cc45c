import assert from 'node:assert/strict';
import { parseBudget } from '../../../cli/start/budget.ts';
import { spendLine } from '../../../cli/text/spend-text.ts';

describe('a budget on the command line', () => {
  it('is read part by part; what is no number is left for the check', () => {
    assert.deepEqual(parseBudget('calls=100'), { calls: 100 });
    assert.deepEqual(parseBudget('calls=100, tokens=2e6,money=0.5'), { calls: 100, tokens: 2e6, money: 0.5 });
    assert.deepEqual(parseBudget('calls=many'), { calls: 'many' });
    assert.deepEqual(parseBudget('100'), { '100': '' });
  });

  it('is shown beside what was spent', () => {
    const spend = { calls: 1200, promptTokens: 30_000, completionTokens: 4000, money: 0 };
    assert.equal(spendLine(spend), 'Spent: 1,200 calls · 34,000 tokens');
    assert.equal(
      spendLine({ ...spend, money: 1.255 }, { calls: 2400, money: 5 }),
      'Spent: 1,200 of 2,400 calls (50%) · 34,000 tokens · 1.25 of 5.00 of money (25%)',
    );
    assert.equal(spendLine({ ...spend, calls: 0 }), undefined);
  });
});
