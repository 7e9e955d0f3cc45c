import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findLeak, wordRunsOf } from '../../../activities/wording/leak-check.ts';

const answer = 'Bees make honey from nectar, which they carry home in a stomach of its own.';

describe('findLeak', () => {
  it('finds eight words in a row of the data, whatever their punctuation and case', () => {
    const prompt = 'Tell me how BEES make honey from nectar which they carry, with sources.';
    const leak = findLeak(prompt, 'Tell me about honey', [wordRunsOf([answer])]);
    assert.equal(leak, 'bees make honey from nectar which they carry');
  });

  it('lets seven pass', () => {
    const prompt = 'Explain: bees make honey from nectar, which they… what?';
    assert.equal(findLeak(prompt, 'Tell me about honey', [wordRunsOf([answer])]), null);
  });

  it('lets pass what the base prompt says already', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 20 }), fc.lorem({ maxCount: 20 }), (text, other) => {
        assert.equal(findLeak(text, text, [wordRunsOf([text, other])]), null);
      }),
    );
  });

  it('looks into every set', () => {
    const sets = [wordRunsOf([]), wordRunsOf(['too short']), wordRunsOf([answer])];
    assert.notEqual(findLeak(answer, '', sets), null);
  });
});
