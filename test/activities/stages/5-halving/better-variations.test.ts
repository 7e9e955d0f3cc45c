import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivityContext } from '../../../../activities/activity.ts';
import { keepBetterVariations } from '../../../../activities/stages/5-halving/better-variations.ts';
import { createStore } from '../../../../activities/store/create-store.ts';
import type { Store } from '../../../../activities/store/store.ts';
import { tables, type Row, type TableName } from '../../../../activities/store/tables.ts';
import { silentLog } from '../../../support/silent-log.ts';

const sheet = (score: number): Row =>
  Object.fromEntries([1, 2, 3, 4, 5].map((criterion) => [`criteria_${criterion}`, score]));
const variations = Array.from({ length: 9 }, (_, index): Row => {
  const prompt_variation_idx = index - 1;
  return { base_prompt_idx: 0, prompt_variation_idx, prompt_variation: `wording ${prompt_variation_idx}` };
});

describe('keepBetterVariations', () => {
  let root: string;
  let store: Store;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'prose-kept-'));
    store = await createStore({ root });
  });
  afterEach(async () => {
    await store.close();
    rmSync(root, { recursive: true, force: true });
  });

  /** What is kept after a first look by validator 1, whose planted answers got this score; the real ones got 2 to 4. */
  async function keptAfter(plantedScore: number): Promise<string[]> {
    const write = (table: TableName, rows: Row[]): ReturnType<Store['writeShard']> => {
      const empty = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
      const name = { table, run: 'run', shard: table };
      return store.writeShard(
        name,
        'train',
        rows.map((row) => ({ ...empty, ...row })),
      );
    };
    const scored = variations.map((row, index) => ({
      base_prompt_idx: 0,
      prompt_variation_idx: row['prompt_variation_idx']!,
      sample_idx: 0,
      validator: 1,
      ...sheet(2 + index / 4),
    }));
    const planted = scored.slice(0, 2).map((row, index) => ({
      ...row,
      ...sheet(plantedScore),
      stage: 'validator_scores',
      kind: index === 0 ? 'worse' : 'bribed',
    }));
    await write('sentinels', planted);
    const input = {
      shard: await write('prompt_variations', variations),
      scores: [await write('validator_scores', scored)],
    };
    const context = { store, run: { runId: 'run', seed: 1 }, log: silentLog } as unknown as ActivityContext;
    const rows = await store.readShard(await keepBetterVariations.run(input, context));
    return rows.map((row) => String(row['kept_as']));
  }

  it('keeps the better ones of what a believed validator has seen', async () => {
    const kept = await keptAfter(1);
    assert.equal(kept.filter((as) => as === 'better').length, 3);
    assert.ok(kept.length < variations.length);
  });

  it('keeps every variation where the only validator that has looked is not believed', async () => {
    const kept = await keptAfter(5);
    assert.deepEqual(kept, ['untouched', ...Array.from({ length: 8 }, () => 'unjudged')]);
  });
});
