import assert from 'node:assert/strict';
import type { ActivityContext } from '../../../../../activities/activity.ts';
import { createRandom } from '../../../../../activities/randomness/random.ts';
import type { Store } from '../../../../../activities/store/store.ts';
import { tables, type Row, type TableName } from '../../../../../activities/store/tables.ts';
import {
  measureNoise,
  measureSelection,
} from '../../../../../activities/stages/8-test/metrics/validator-metrics.ts';
import { withStore } from '../../../store/with-store.ts';

const criteria = [1, 2, 3, 4, 5].map((number) => `criteria_${number}`);
const sheet = (score: number): Row => Object.fromEntries(criteria.map((key) => [key, score]));
const contextOf = (store: Store): ActivityContext =>
  ({
    store,
    run: { runId: 'run', seed: 1 },
    settings: { mainModel: { samples: 1 } },
  }) as unknown as ActivityContext;

function write(store: Store, table: TableName, rows: readonly Row[]): Promise<unknown> {
  const empty = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
  return store.writeShard(
    { table, run: 'run', shard: table },
    'all',
    rows.map((row) => ({ ...empty, ...row })),
  );
}

describe('measureNoise', () => {
  it('tells the noise of readings from that of answers, as they were planted', () =>
    withStore(async (store) => {
      const random = createRandom(3);
      const normal = (sd: number): number =>
        sd * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const [answerNoise, readingNoise] = [0.4, 0.2];
      const answers = Array.from({ length: 2_000 }, (_, index) => {
        const key = {
          base_prompt_idx: index >> 1,
          prompt_variation_idx: -1,
          sample_idx: index & 1,
          validator: 1,
        };
        return { key, quality: 3 + ((index >> 1) % 3) / 5 + normal(answerNoise) };
      });
      const read = ({ key, quality }: (typeof answers)[number]): Row => ({
        ...key,
        ...sheet(quality + normal(readingNoise)),
      });
      await write(store, 'test_scores', answers.map(read));
      const planted = { stage: 'test_scores', kind: 'twin' };
      await write(
        store,
        'sentinels',
        answers.slice(0, 1_000).map((answer) => ({ ...read(answer), ...planted })),
      );
      const noise = await measureNoise([1], contextOf(store));
      assert.ok(noise && noise.rescored === 1_000 && noise.single === null);
      assert.ok(Math.abs(noise.validator - readingNoise) < 0.02, `${noise.validator}`);
      assert.ok(noise.answer !== null && Math.abs(noise.answer - answerNoise) < 0.03, `${noise.answer}`);
      assert.equal(await measureNoise([2], contextOf(store)), null);
    }));

  it('measures by a criterion scored alone how far one impression colours the others', () =>
    withStore(async (store) => {
      const scores = Array.from({ length: 40 }, (_, index): Row => {
        const key = { base_prompt_idx: index, prompt_variation_idx: -1, sample_idx: 0, validator: 1 };
        return { ...key, ...sheet(2 + (index % 10) / 5) };
      });
      await write(store, 'test_scores', scores);
      const alone = scores.map((row, index): Row => ({
        ...row,
        ...sheet(2.5 + (Math.floor(index / 10) % 4) / 5),
        stage: 'test_scores',
        kind: 'single',
        criterion: 'criteria_2',
      }));
      // One twin, without which there is nothing to say of noise.
      await write(store, 'sentinels', [...alone, { ...scores[0]!, stage: 'test_scores', kind: 'twin' }]);
      const single = (await measureNoise([1], contextOf(store)))?.single;
      assert.equal(single?.count, 40);
      // Among the others it is the same as they are; alone, it has nothing to do with them.
      assert.ok(single?.halo != null && Math.abs(single.halo - 1) < 1e-9, `${single?.halo}`);
      assert.ok(Math.abs((single?.shift ?? NaN) - (2.8 - 2.9)) < 1e-9, `${single?.shift}`);
    }));
});

describe('measureSelection', () => {
  it('shows the lead by which the best was chosen beside its lead by new scores', () =>
    withStore(async (store) => {
      const prompts = [0, 1, 2, 3];
      await write(
        store,
        'base_prompts',
        prompts.map((index) => ({ base_prompt_idx: index, topic: `topic ${index}`, split: 'train' })),
      );
      const score = (prompt: number, variation: number, sample: number, value: number): Row => ({
        base_prompt_idx: prompt,
        prompt_variation_idx: variation,
        sample_idx: sample,
        validator: sample + 1,
        ...sheet(value),
      });
      await write(
        store,
        'validator_scores',
        prompts.flatMap((prompt) => [
          score(prompt, -1, 0, 3),
          score(prompt, 0, 0, 3.2),
          score(prompt, 1, 0, 3.8),
          score(prompt, -1, 1, 2),
          score(prompt, 0, 1, 2.9),
          score(prompt, 1, 1, 2.3 + prompt / 10),
        ]),
      );
      const selection = await measureSelection([1, 2], contextOf(store));
      assert.equal(selection?.prompts, 4);
      assert.ok(Math.abs((selection?.selected ?? NaN) - 0.8) < 1e-9);
      assert.ok(Math.abs((selection?.fresh.mean ?? NaN) - 0.45) < 1e-9);
      assert.ok(selection?.fresh.low != null && selection.fresh.low > 0.2 && selection.fresh.low < 0.45);
    }));

  it('takes the leads that two validators see on one scale, so that a coarse one is not taken for luck', () =>
    withStore(async (store) => {
      const prompts = [0, 1, 2, 3];
      await write(
        store,
        'base_prompts',
        prompts.map((index) => ({ base_prompt_idx: index, topic: `topic ${index}`, split: 'train' })),
      );
      const score = (
        prompt: number,
        variation: number,
        sample: number,
        validator: number,
        value: number,
      ): Row => ({
        base_prompt_idx: prompt,
        prompt_variation_idx: variation,
        sample_idx: sample,
        validator,
        ...sheet(value),
      });
      await write(
        store,
        'validator_scores',
        prompts.flatMap((prompt) => [
          score(prompt, -1, 0, 1, 3),
          score(prompt, 1, 0, 1, 3.8),
          score(prompt, -1, 1, 2, 3),
          score(prompt, 1, 1, 2, 3.4),
        ]),
      );
      // Of the same answers the second validator's scores spread half as far.
      await write(
        store,
        'test_scores',
        prompts.flatMap((prompt) => [
          score(10 + prompt, -1, 0, 1, 2 + prompt / 2),
          score(10 + prompt, -1, 0, 2, 2 + prompt / 4),
        ]),
      );
      const selection = await measureSelection([1, 2], contextOf(store));
      assert.ok(Math.abs((selection?.selected ?? NaN) - 0.6) < 1e-9, `${selection?.selected}`);
      assert.ok(Math.abs((selection?.fresh.mean ?? NaN) - 0.6) < 1e-9, `${selection?.fresh.mean}`);
    }));
});
