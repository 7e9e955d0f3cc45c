import assert from 'node:assert/strict';
import { contentWords, isEnglish } from '../../../activities/wording/content-words.ts';

describe('contentWords', () => {
  it('are what a request is about, each once, in small letters', () => {
    assert.deepEqual(contentWords(['Please explain the steps of Baking bread, and of baking cake.']), [
      ['baking', 'bread', 'cake'],
    ]);
    assert.deepEqual(contentWords(["I'm told they don't list volcanoes"]), [['told', 'volcanoes']]);
  });

  it('leave out the function words of the language that most of the texts are in, and those of English', () => {
    const german = ['Was ist ein Vulkan und wie entsteht er?', 'Erkläre bitte, wie man ein Brot backt.'];
    const [volcano, bread] = contentWords(german);
    assert.ok(volcano?.includes('vulkan') && !volcano.includes('und') && !volcano.includes('ist'));
    assert.ok(bread?.includes('brot') && !bread.includes('ein') && !bread.includes('bitte'));
  });

  it('are all words where nothing else is said', () => {
    assert.deepEqual(contentWords(['Is it so?', 'Bread']), [['is', 'it', 'so'], ['bread']]);
    assert.deepEqual(contentWords([]), []);
    assert.deepEqual(contentWords(['']), [[]]);
  });
});

describe('isEnglish', () => {
  it('tells English from other languages, also in a few words', () => {
    for (const text of ['Explain the steps of baking and of this.', 'What is it?', 'the'])
      assert.equal(isEnglish(text), true, text);
    for (const text of [
      'Was ist ein Vulkan und wie entsteht er?',
      'Explique comment faire du pain, et pourquoi.',
      'Bread',
      '',
    ])
      assert.equal(isEnglish(text), false, text);
  });
});
