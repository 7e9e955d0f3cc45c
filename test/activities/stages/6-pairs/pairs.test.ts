import assert from 'node:assert/strict';
import type { ActivityContext } from '../../../../activities/activity.ts';
import { buildPairs } from '../../../../activities/stages/6-pairs/pairs.ts';
import type { Store } from '../../../../activities/store/store.ts';
import { tables, type Row, type TableName } from '../../../../activities/store/tables.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { withStore } from '../../store/with-store.ts';

const prompts = [
  'Tell me about bees.',
  'Why do owls hunt at night?',
  'List three rivers of Asia.',
  'How is glass made today?',
];
const sheet = (score: number): Row =>
  Object.fromEntries([1, 2, 3, 4, 5].map((criterion) => [`criteria_${criterion}`, score]));

/** The pairs of wordings that these validators have scored from 2, the worst, to 5, the best. */
async function pairsOf(
  store: Store,
  validators: readonly number[],
  { trainer = 'ranker', maxLengthRatio = 3 } = {},
): Promise<Row[]> {
  const write = (table: TableName, rows: readonly Row[]): ReturnType<Store['writeShard']> => {
    const empty = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
    const named = rows.map((row) => ({ ...empty, base_prompt_idx: 0, ...row }));
    return store.writeShard({ table, run: 'run', shard: table }, 'train', named);
  };
  await write('base_prompts', [{ base_prompt: 'Describe honey.', split: 'train' }]);
  const variations = prompts.map((prompt_variation, prompt_variation_idx) => ({
    prompt_variation_idx,
    prompt_variation,
  }));
  await write('prompt_variations', variations);
  const scores = validators.flatMap((validator) =>
    variations.map(({ prompt_variation_idx }) => ({
      prompt_variation_idx,
      sample_idx: 0,
      validator,
      ...sheet(2 + prompt_variation_idx),
    })),
  );
  await write('validator_scores', scores);
  const pairs = { minMargin: 0.1, maxPerPrompt: 4, maxLengthRatio };
  const settings = {
    promptOptimization: { pairs, trainer },
    validatorModel: { maxMissing: 0.1, validators: [{}, {}, {}] },
  };
  const run = { runId: 'run', seed: 1, settingsDigest: 'settings' };
  const context = { store, run, settings, log: silentLog } as unknown as ActivityContext;
  const { shard, trainPairs } = await buildPairs.run({}, context);
  const rows = await store.readShard(shard);
  assert.equal(rows.length, trainPairs);
  return rows;
}

describe('buildPairs', () => {
  it('prefers what the validators that learning may hear score higher', () =>
    withStore(async (store) => {
      const rows = await pairsOf(store, [1, 2, 3]);
      assert.ok(rows.length > 0);
      for (const row of rows)
        assert.ok(Number(row['chosen_variation_idx']) > Number(row['rejected_variation_idx']));
    }));

  it('bounds how much longer one of two wordings is, unless they are templates', () =>
    withStore(async (store) => {
      assert.deepEqual(await pairsOf(store, [1, 2, 3], { maxLengthRatio: 0.9 }), []);
      const rows = await pairsOf(store, [1, 2, 3], { maxLengthRatio: 0.9, trainer: 'template' });
      assert.ok(rows.length > 0);
    }));

  it('makes no pairs of what the referee alone has scored', () =>
    withStore(async (store) => assert.deepEqual(await pairsOf(store, [3]), [])));
});
