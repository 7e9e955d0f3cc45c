import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { AnswerIndex } from '../../../../activities/inference/answers/answer-index.ts';

const keyOf = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

describe('AnswerIndex', () => {
  it('forgets none of a hundred thousand answers', () => {
    const index = new AnswerIndex();
    const keys = Array.from({ length: 100_000 }, (_, each) => keyOf(each));
    for (const [each, key] of keys.entries()) index.set(key, each);
    assert.ok(keys.every((key, each) => index.get(key) === each));
    assert.equal(index.get(keyOf(-1)), undefined);
  });
});
