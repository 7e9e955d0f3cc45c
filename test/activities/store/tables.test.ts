import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { CRITERIA } from '../../../configs/settings/criteria.ts';
import { tables, type RowOf } from '../../../activities/store/tables.ts';
import { DERIVED_VIEWS } from '../../../activities/store/views/derived-views.ts';
import { hasCode } from '../general/general-context.ts';
import { withStore } from './with-store.ts';

const README = new URL('../../../activities/store/README.md', import.meta.url);

/** Cells of each line of the table of a README whose first heading is this one, by the name in the first cell. */
async function documented(heading: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const lines = (await readFile(README, 'utf8')).split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `)) + 2;
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return new Map(
    lines.slice(start, start + length).map((line) => {
      const [name = '', ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [name.replaceAll('`', ''), cells];
    }),
  );
}

type Kept = RowOf<'kept_variations'>;

describe('the tables', () => {
  it('are rows that the compiler follows: a column without a writer, or a writer without a column, is an error', () =>
    withStore(async (store) => {
      const whole: Kept = {
        base_prompt_idx: 1,
        prompt_variation_idx: 0,
        prompt_variation: null,
        kept_as: 'better',
      };
      const { kept_as: _, ...rest } = whole;
      // @ts-expect-error a column that nobody writes
      const short: Kept = rest;
      // @ts-expect-error a column that the table does not have
      const long: Kept = { ...whole, more: 1 };
      // @ts-expect-error another type
      const wrong: Kept = { ...whole, kept_as: 1 };
      // @ts-expect-error null in the key
      const nameless: Kept = { ...whole, base_prompt_idx: null };
      const shard = { table: 'kept_variations', run: 'r', shard: 's' } as const;
      await store.writeShard(shard, 'train', [whole]);
      for (const [row, code] of [
        [short, 'MISSING_COLUMN'],
        [long, 'UNKNOWN_COLUMN'],
        [wrong, 'WRONG_TYPE'],
        [nameless, 'WRONG_TYPE'],
      ] as const)
        await assert.rejects(store.writeShard(shard, 'train', [row]), hasCode(code));
      const [read] = await store.readRows('kept_variations', { ...shard, rowCount: 1, split: 'train' });
      const keptAs: string | null | undefined = read?.kept_as;
      assert.equal(keptAs, 'better');
    }));

  it('have a column for each criterion', () => {
    for (const { columns } of [tables.validator_scores, tables.test_scores, tables.sentinels])
      for (const name of CRITERIA) assert.equal(columns[name], 'DOUBLE');
  });

  it('stand in the README, with every column, and no others', async () => {
    const found = await documented('table');
    const expected = Object.entries(tables).map(([name, { key, columns }]) => {
      const ofKey: readonly string[] = key;
      const besides = Object.keys(columns).filter((column) => !ofKey.includes(column));
      return [name, [ofKey.join(', '), besides.join(', ')]] as const;
    });
    assert.deepEqual(
      new Map([...found].map(([name, cells]) => [name, cells.slice(0, 2)])),
      new Map(expected),
    );
  });

  it('stand in the README with the views made of them, as DuckDB describes these', () =>
    withStore(async (store) => {
      const found = await documented('view');
      assert.deepEqual([...found.keys()].toSorted(), DERIVED_VIEWS.toSorted());
      for (const view of DERIVED_VIEWS) {
        const described = await store.query(`select column_name from (describe ${view})`);
        assert.equal(found.get(view)?.[0], described.map((row) => row['column_name']).join(', '), view);
      }
    }));
});
