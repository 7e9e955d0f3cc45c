import assert from 'node:assert/strict';
import { createRandom } from '../../../../activities/randomness/random.ts';
import { chooseFit } from '../../../../activities/trainers/ranker/choose.ts';
import { representations, type WordedPair } from '../../../../activities/trainers/ranker/design.ts';
import { featurize } from '../../../../activities/trainers/ranker/features.ts';

const BUCKETS = 256;
const additions = ['Give two examples.', 'Explain why.', 'Avoid jargon.', 'Be brief.'];

/** Pairs in which chance alone decides which is the better. */
function byChance(seed: number, topics: readonly string[]): readonly WordedPair[] {
  const random = createRandom(seed);
  const wordingOf = (prompt: string): string => [prompt, ...additions.filter(() => random() < 0.5)].join(' ');
  return topics.flatMap((topic) =>
    Array.from({ length: 6 }, (_, index) => {
      const prompt = `How does ${topic} work in year ${index}?`;
      const [chosen, rejected] = [wordingOf(prompt), wordingOf(prompt)];
      const worded = (text: string): ReturnType<typeof featurize> => featurize(prompt, text, BUCKETS);
      return {
        pair: { basePromptIdx: index, topic, prompt, chosen, rejected, probability: 0.9, weight: 1 },
        untouched: worded(prompt),
        chosen: worded(chosen),
        rejected: worded(rejected),
      };
    }),
  );
}

describe('chooseFit', () => {
  const topics = ['bread', 'chess', 'sleep', 'paint', 'tax', 'maps'];
  const choices = Array.from({ length: 6 }, (_, seed) =>
    chooseFit(byChance(seed, topics), topics, [1, 30, 300], BUCKETS),
  );

  it('takes the simplest representation where none is told from the best', () => {
    const winners = choices.map(
      ({ tried }) => tried?.toSorted((one, other) => one.loss - other.loss)[0]?.representation,
    );
    assert.ok(
      winners.some((winner) => winner !== 'words'),
      'another one has the least loss by chance',
    );
    assert.ok(choices.filter(({ chosen }) => chosen.representation === 'words').length >= 5);
  });

  it('tries each representation with each penalty, and tells chance from knowing by the loss', () => {
    for (const { tried, list } of choices) {
      assert.equal(tried?.length, 3 * representations.length);
      const lists = (tried ?? []).filter(({ representation }) => representation === 'list');
      assert.equal(list.l2, lists.toSorted((one, other) => one.loss - other.loss)[0]?.l2);
      for (const { loss } of tried ?? []) assert.ok(loss > 0.5 && loss < 2, String(loss));
    }
  });

  it('takes the strongest penalty where one topic tells nothing of others', () => {
    const one = chooseFit(byChance(1, ['bread']), ['bread'], [1, 300, 30], BUCKETS);
    assert.deepEqual(one, {
      chosen: { representation: 'words', l2: 300 },
      list: { l2: 300 },
      tried: null,
    });
  });
});
