import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keepDistinct, wordSimilarity } from '../../../activities/wording/near-duplicates.ts';

describe('keepDistinct', () => {
  const keep = (...texts: string[]): string[] => keepDistinct(texts, (text) => text);

  it('keeps the first of texts that differ in case, punctuation and word order only', () => {
    assert.deepEqual(keep('How do bees fly?', 'how do bees fly', 'Do bees fly? How!'), ['How do bees fly?']);
  });

  it('keeps texts about different things', () => {
    assert.equal(keep('How do bees fly?', 'How do owls hunt?').length, 2);
  });

  it('drops texts without a word', () => {
    assert.deepEqual(keep('', ' ?! ', 'bees'), ['bees']);
  });

  it('keeps what comparing every text with every other would keep', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        fc.array(
          words.map((list) => list.join(' ')),
          { maxLength: 30 },
        ),
        (texts) => {
          const naive: string[] = [];
          for (const text of texts) {
            if (naive.every((other) => wordSimilarity(text, other) < 0.8)) naive.push(text);
          }
          assert.deepEqual(keep(...texts), naive);
        },
      ),
    );
  });

  it('never keeps two that are alike, and keeping again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 })
            .map((words) => words.join(' ')),
        ),
        (texts) => {
          const kept = keep(...texts);
          kept.forEach((one, index) =>
            kept.slice(index + 1).forEach((other) => assert.ok(wordSimilarity(one, other) < 0.8)),
          );
          assert.deepEqual(keep(...kept), kept);
        },
      ),
    );
  });
});
