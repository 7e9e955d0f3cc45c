import assert from 'node:assert/strict';
import { describePhrases } from '../../../../activities/trainers/ranker/describe.ts';
import { features, featurize } from '../../../../activities/trainers/ranker/features.ts';
import type { TrainingPair } from '../../../../activities/trainers/trainer.ts';

const BUCKETS = 1 << 12;
const pair = (basePromptIdx: number, chosen: string, rejected = ''): TrainingPair => ({
  basePromptIdx,
  topic: 'topic',
  prompt: 'Base.',
  chosen: `Base. ${chosen}`,
  rejected: `Base. ${rejected}`,
  probability: 1,
  weight: 1,
});
/** A model that gives every gram of a text so much. */
const giving = (text: string, weight: number): Map<number, number> =>
  new Map([...featurize('', text, BUCKETS).keys()].map((index) => [index, weight]));

describe('describePhrases', () => {
  it('tells of sentences that were added to two prompts or more, by either side', () => {
    const pairs = [
      pair(1, 'Be brief.', 'Or long.'),
      pair(2, 'Be brief.'),
      pair(2, 'Go on.'),
      pair(2, 'Go on.'),
    ];
    assert.deepEqual(describePhrases(pairs, new Map(), BUCKETS), [
      { text: 'Be brief.', weight: 0, prompts: 2 },
    ]);
    const both = describePhrases([pair(1, 'Be brief.'), pair(3, '', 'Be brief.')], new Map(), BUCKETS);
    assert.deepEqual(
      both.map(({ prompts }) => prompts),
      [2],
    );
  });

  it('weighs the grams of a sentence, and not the features made by hand', () => {
    const grams = [...featurize('', 'Be brief.', BUCKETS).keys()].filter((index) => index >= features.length);
    const [phrase] = describePhrases(
      [pair(1, 'Be brief.'), pair(2, 'Be brief.')],
      giving('Be brief.', 0.5),
      BUCKETS,
    );
    assert.equal(phrase?.weight, 0.5 * grams.length);
  });

  it('gives the heaviest first, whether they help or hurt, and those of one weight by their texts', () => {
    const texts = ['Zebras.', 'Be brief.', 'Ants.'];
    const pairs = texts.flatMap((text) => [pair(1, text), pair(2, text)]);
    const told = describePhrases(pairs, giving('Zebras.', -1), BUCKETS).map(({ text }) => text);
    assert.deepEqual(told, ['Zebras.', 'Ants.', 'Be brief.']);
  });

  it('gives 40 at most', () => {
    const pairs = Array.from({ length: 41 }, (_, index) => `Number ${index}.`).flatMap((text) => [
      pair(1, text),
      pair(2, text),
    ]);
    assert.equal(describePhrases(pairs, new Map(), BUCKETS).length, 40);
  });
});
