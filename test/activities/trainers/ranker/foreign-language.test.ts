import assert from 'node:assert/strict';
import { scorePrompts, type RankerModel } from '../../../../activities/trainers/ranker/model.ts';
import { trainRanker } from '../../../../activities/trainers/ranker/train.ts';
import type { TrainingPair } from '../../../../activities/trainers/trainer.ts';

const options = { l2: [0.3, 3, 30, 300], buckets: 4096, seed: 1 };
const scorePrompt = (model: RankerModel, base: string, prompt: string): number =>
  scorePrompts(model, base, [prompt])[0]!;

describe('trainRanker in a language of no list', () => {
  /** Of a language in no list: a rewriting of an approach has one of its sentences, and the first approach is the better one. */
  const foreign = (sentencesOf: (approach: number, index: number) => string): TrainingPair[] =>
    Array.from({ length: 120 }, (_, index): TrainingPair => {
      const prompt = `tolo mizu ${index} karefe gribal?`;
      const texts = [0, 1].map((approach) => `${prompt} ${sentencesOf(approach, index)}`);
      const isTurned = index % 8 === 0;
      return {
        basePromptIdx: index,
        topic: `t${index % 20}`,
        prompt,
        chosen: texts[isTurned ? 1 : 0]!,
        rejected: texts[isTurned ? 0 : 1]!,
        chosenApproach: isTurned ? 'second' : 'first',
        rejectedApproach: isTurned ? 'first' : 'second',
        probability: 0.95,
        weight: 1,
      };
    });
  const storeOf = [
    ['Vine tekto balre.', 'Sulo dane poto.', 'Rezu shonka fevi.'],
    ['Kato netek lodu.', 'Mire gripo zuvi.', 'Fena balto sure.'],
  ];

  it('learns in a language that nobody listed, and says which sentences carry it', () => {
    const { model, metrics } = trainRanker({
      ...options,
      pairs: foreign((approach, index) => storeOf[approach]![index % 3]!),
      heldOut: [],
    });
    assert.notEqual(metrics.representation, 'list');
    const base = 'dasu lofe viret?';
    for (const place of [0, 1, 2]) {
      const [better, worse] = storeOf.map((store) => scorePrompt(model, base, `${base} ${store[place]!}`));
      assert.ok(better! > 0.3 && worse! < -0.3, `${better} ${worse}`);
    }
    const weightOfPhrase = new Map(model.phrases.map(({ text, weight }) => [text, weight]));
    assert.deepEqual(
      storeOf.map((store) => store.map((text) => Math.sign(weightOfPhrase.get(text) ?? 0))),
      [
        [1, 1, 1],
        [-1, -1, -1],
      ],
    );
  });

  it('gives a sentence that few pairs have what its approach is worth', () => {
    const rare = 'Bazu moke tira.';
    const pairs = foreign((approach, index) =>
      approach === 0 && [3, 26].includes(index) ? rare : storeOf[approach]![index % 3]!,
    );
    const without = pairs.map(({ chosenApproach: _chosen, rejectedApproach: _rejected, ...pair }) => pair);
    const [pooled, alone] = [pairs, without].map((own) => {
      const { model } = trainRanker({ ...options, l2: [3], pairs: own, heldOut: [] });
      return scorePrompt(model, 'dasu lofe viret?', `dasu lofe viret? ${rare}`);
    });
    assert.ok(pooled! > 1.2 * alone!, `${pooled} ${alone}`);
  });

  it('learns nothing from sentences that never recur', () => {
    const { model } = trainRanker({
      ...options,
      pairs: foreign((approach, index) => `Vo${approach}x${index} ke${index}r${approach}.`),
      heldOut: [],
    });
    assert.deepEqual(model.phrases, []);
  });
});
