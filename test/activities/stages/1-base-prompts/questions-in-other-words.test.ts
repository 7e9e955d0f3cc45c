import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withRun } from '../../../../bench/claims/in-process.ts';

/** Four questions, each in eight wordings. */
const questions = [
  ['reset my router', 'the router', 'resetting a router'],
  ['bake sourdough bread', 'sourdough bread', 'baking sourdough bread'],
  ['prune an apple tree', 'an apple tree', 'pruning apple trees'],
  ['remove red wine stains', 'red wine stains', 'removing stains of red wine'],
].map(([act, thing, doing]) => [
  `How do I ${act}?`,
  `What is the best way to ${act}?`,
  `Explain how to ${act}.`,
  `Give me steps for ${doing}.`,
  `I need help with ${doing}, what should I do?`,
  `Can you tell me how people ${act}?`,
  `Please describe ${doing} for a beginner.`,
  `Somebody asked me about ${thing}: how does one ${act}?`,
]);

describe('a prompts file of four questions in eight wordings each, without topics', function () {
  this.timeout(120_000);

  it('has four groups, none on two sides, and cannot tell', () =>
    withRun(3, {}, async (run) => {
      const { store, context } = run;
      const repeated = questions[0]!.slice(0, 2).map((text) => text.toUpperCase().replace('?', ' ?'));
      writeFileSync(join(context.root, 'mine.txt'), [...questions.flat(), ...repeated].join('\n'));
      await run.explore({ basePrompts: 32, variations: 2, halving: true, promptsFile: 'mine.txt' });
      const topics = await store.query(
        'select topic, count(*)::integer as n, count(distinct split)::integer as splits from base_prompts group by topic',
      );
      assert.deepEqual(
        topics.map(({ n, splits }) => [n, splits]),
        Array.from({ length: 4 }, () => [8, 1]),
      );
      const tested = await run.learnAndTest();
      assert.equal(tested?.verdict, 'cannot tell');
      assert.equal(tested.promotable, false);
    }));
});
