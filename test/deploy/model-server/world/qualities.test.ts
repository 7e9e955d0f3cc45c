import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { features } from '../../../../activities/trainers/ranker/features.ts';
import { loadSettings } from '../../../../configs/load.ts';
import {
  bodies,
  details,
  marks,
  muddles,
  orderWords,
  supports,
} from '../../../../deploy/model-server/world/answer-language.ts';
import { readQualities } from '../../../../deploy/model-server/world/prompt-qualities.ts';
import { requestPatterns } from '../../../../deploy/model-server/world/request-patterns.ts';
import { understand } from '../../../../deploy/model-server/world/rewrite.ts';
import { topicBank } from '../../../../deploy/model-server/world/topic-bank.ts';
import { wordings } from '../../../../deploy/model-server/world/wordings.ts';
import { contentWordsOf, hasContent, subjectsOf } from '../../../../deploy/model-server/world/words.ts';

const bundledApproaches = [
  ['audience', 'audience'],
  ['structure', 'structure'],
  ['concrete-example', 'examples'],
  ['reasons', 'reasons'],
  ['purpose', 'context'],
  ['length-bound', 'brevity'],
  ['no-padding', 'noPadding'],
  ['split-into-steps', 'manyQuestions'],
  ['casual', 'vagueness'],
  ['polite', 'politeness'],
  ['role', 'role'],
] as const;
const rankerFeatures = [
  ['steps', 'structure'],
  ['format', 'structure'],
  ['audience', 'audience'],
  ['examples', 'examples'],
  ['reasons', 'reasons'],
  ['purpose', 'context'],
  ['situation', 'context'],
  ['length_bound', 'brevity'],
  ['brevity', 'brevity'],
  ['thoroughness', 'specifics'],
  ['limits', 'noPadding'],
  ['checking', 'checked'],
  ['questions', 'manyQuestions'],
  ['vague_words', 'vagueness'],
  ['politeness', 'politeness'],
  ['role_play', 'role'],
  ['pressure', 'pressure'],
  ['shouting', 'pressure'],
  ['length', 'wordiness'],
] as const;

function askedBy(text: string): string[] {
  return understand(text).wordings.map(({ quality }) => quality);
}

describe('the language of the simulated world', () => {
  it('reads every phrase of a wording as that quality and no other', () => {
    for (const { quality, phrases } of wordings) {
      for (const phrase of phrases) {
        const present = Object.entries(readQualities(phrase)).filter(([, share]) => share > 0);
        assert.deepEqual(
          present.map(([name]) => name),
          [quality],
          phrase,
        );
      }
    }
  });

  it('takes no phrase, and no pattern of asking, for what a request is about', () => {
    for (const { phrases } of wordings) for (const phrase of phrases) assert.ok(!hasContent(phrase), phrase);
    for (const pattern of requestPatterns) {
      const request = pattern.replace('{a}', 'potting soil').replace('{b}', 'rye flour');
      const words = [...contentWordsOf(request).keys()];
      assert.ok(
        words.every((word) => ['potting', 'soil', 'rye', 'flour'].includes(word)),
        request,
      );
    }
  });

  it('knows of everything in the topic bank what it is about', () => {
    assert.ok(topicBank.length >= 60);
    assert.equal(new Set(topicBank.map(({ name }) => name)).size, topicBank.length);
    for (const { things } of topicBank) for (const thing of things) assert.ok(hasContent(thing), thing);
  });

  it('keeps words that stand side by side together as one subject', () => {
    assert.deepEqual(subjectsOf('How do I choose potting soil and rye flour?'), [
      'potting soil',
      'rye flour',
    ]);
  });

  it('marks every good and bad trait of a sentence by its own mark only', () => {
    const phrasesOf = {
      action: bodies.good,
      filler: bodies.bad,
      detail: details.good.map((detail) => detail.replace('#', '20')),
      vague: details.bad,
      support: supports.good,
      doubt: supports.bad,
      order: orderWords,
      muddle: muddles,
    };
    for (const [mark, phrases] of Object.entries(phrasesOf)) {
      for (const phrase of phrases) {
        const found = Object.entries(marks).filter(([, pattern]) => pattern.test(phrase));
        assert.deepEqual(
          found.map(([name]) => name),
          [mark],
          phrase,
        );
      }
    }
    for (const plain of bodies.neutral) {
      assert.ok(
        Object.values(marks).every((pattern) => !pattern.test(plain)),
        plain,
      );
    }
  });

  it('understands the bundled approaches and the lessons of the ranker', async () => {
    const settings = await loadSettings(fileURLToPath(new URL('../../../../', import.meta.url)));
    assert.ok(settings.ok);
    const { approaches } = settings.value.promptVariation;
    const instructionOf = (name: string): string => {
      const found = approaches.find((approach) => approach.name === name);
      return found !== undefined && 'instruction' in found ? found.instruction : '';
    };
    for (const [name, quality] of bundledApproaches) {
      assert.deepEqual(askedBy(instructionOf(name)), [quality], name);
    }
    for (const [name, quality] of rankerFeatures) {
      const sentence = features.find((feature) => feature.name === name)?.sentence ?? '';
      assert.deepEqual(askedBy(sentence), [quality], name);
    }
  });

  it('understands what an instruction asks for and what it forbids', () => {
    assert.deepEqual(askedBy('Say who the answer is for.'), ['audience']);
    assert.deepEqual(askedBy('Ask for numbered steps, with an example'), ['structure', 'examples']);
    assert.deepEqual(askedBy('Avoid padding.'), ['noPadding']);
    assert.deepEqual(askedBy('Do not use examples'), []);
    assert.deepEqual(askedBy('Make it vague and casual'), ['vagueness']);
    assert.equal(understand('Shorten it to one plain question').plainer, true);
  });
});
