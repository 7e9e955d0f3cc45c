import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addedPieces, addedWords, bucketOf } from '../../../../activities/trainers/ranker/grams.ts';
import { readWording } from '../../../../activities/wording/read-wording.ts';

const wordsOf = (base: string, prompt: string) => addedWords(readWording(base), readWording(prompt));
const piecesOf = (base: string, prompt: string) => addedPieces(readWording(base), readWording(prompt));

describe('what a rewriting adds', () => {
  it('are words, and words side by side, each once', () => {
    assert.deepEqual(wordsOf('Say why.', 'Say why and say how.'), [
      'and',
      'how',
      'why and',
      'and say',
      'say how',
    ]);
    assert.deepEqual(wordsOf('', 'no no no'), ['no', 'no no']);
    assert.deepEqual(wordsOf('Say why.', 'say WHY'), []);
  });

  it('are pieces of four letters, the ends of a word marked', () => {
    assert.deepEqual(piecesOf('', 'steps'), ['^ste', 'step', 'teps', 'eps$']);
    assert.deepEqual(piecesOf('step', 'steps'), ['teps', 'eps$']);
    assert.deepEqual(piecesOf('', 'a it'), ['^a$', '^it$']);
    assert.deepEqual(piecesOf('', 'the'), ['^the', 'the$']);
  });

  it('are pieces of two letters where words stand without spaces', () => {
    assert.deepEqual(piecesOf('', '步骤'), ['^步', '步骤', '骤$']);
  });

  it('are in a bucket that there is', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 20 }), (gram, power) => {
        const bucket = bucketOf(gram, 2 ** power);
        assert.ok(bucket >= 0 && bucket < 2 ** power);
      }),
    );
    const used = new Set(Array.from({ length: 1000 }, (_, index) => bucketOf(`gram ${index}`, 16)));
    assert.equal(used.size, 16);
  });
});
