import assert from 'node:assert/strict';
import { countTokens } from '../../../../activities/inference/wire/token-counts.ts';

const count = (usage: unknown, thinking: string | null = null): readonly unknown[] => {
  const counted = countTokens(usage, [{ role: 'user', content: 'Why?' }], { text: 'So.', thinking });
  return [counted.promptTokens, counted.completionTokens, counted.thinkingTokens, counted.tokensAreEstimated];
};

describe('countTokens', () => {
  it('takes what the server counts', () => {
    assert.deepEqual(count({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 }), [9, 3, 0, false]);
    assert.deepEqual(count({ prompt_tokens: '9', completion_tokens: '3' }), [9, 3, 0, false]);
  });

  it('counts thoughts that a server has in the total alone', () => {
    const usage = {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      completion_tokens_details: { reasoning_tokens: 94 },
    };
    assert.deepEqual(count(usage), [32, 103, 94, false]);
  });

  it('estimates where there are no counts', () => {
    for (const usage of [
      undefined,
      null,
      {},
      { prompt_tokens: 0, completion_tokens: 0 },
      { total_tokens: 12 },
    ])
      assert.deepEqual(count(usage), [5, 1, 0, true]);
  });
});
