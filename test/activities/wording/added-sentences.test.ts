import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addedSentences, sentencesOf } from '../../../activities/wording/added-sentences.ts';

describe('addedSentences', () => {
  it('finds what stands before and after the prompt, in any script', () => {
    const found: [string, string, string[]][] = [
      [
        'How do bees fly?',
        'I am new to this. How do bees fly? Give one example.',
        ['I am new to this.', 'Give one example.'],
      ],
      ['怎么做面包？', '怎么做面包？请举一个例子。请说明理由。', ['请举一个例子。', '请说明理由。']],
      ['Как летают пчёлы?', 'Как летают пчёлы? Приведи пример.', ['Приведи пример.']],
      ['how do bees fly?', 'How do bees fly?', []],
    ];
    for (const [base, prompt, sentences] of found) assert.deepEqual(addedSentences(base, prompt), sentences);
  });

  it('finds nothing in the prompt itself, and each sentence once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        assert.deepEqual(addedSentences(text, text), []);
        assert.equal(new Set(sentencesOf(text)).size, sentencesOf(text).length);
      }),
    );
  });
});
