import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { createStore } from '../../../activities/store/create-store.ts';
import { shardFile } from '../../../activities/store/paths.ts';
import { StoreError } from '../../../activities/store/store-error.ts';
import type { Row, RowOf, ShardReference } from '../../../activities/store/tables.ts';
import { anyRows, rowOf } from './rows.ts';
import { withStore } from './with-store.ts';

const name = { table: 'pairs', run: 'run-1', shard: 'shard-1' } as const;
const pair = (base: number, index = 0): RowOf<'pairs'> =>
  rowOf('pairs', { base_prompt_idx: base, pair_idx: index, prompt: `prompt ${base}` });

const byKey = <Any>(list: readonly Any[]): Any[] =>
  list.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));

const hasCode = (code: string) => (error: unknown) => error instanceof StoreError && error.code === code;

describe('createStore: shards', () => {
  it('reads back the very rows that were written, for any cells', () =>
    withStore(async (store) => {
      for (const table of ['model_outputs', 'pairs'] as const) {
        await fc.assert(
          fc.asyncProperty(anyRows(table), async (rows) => {
            const reference = await store.writeShard({ ...name, table }, 'train', rows);
            const read = await store.readShard(reference);
            assert.deepEqual(byKey(read), byKey(rows));
            assert.equal(reference.rowCount, rows.length);
          }),
          { numRuns: 25 },
        );
      }
    }));

  it('sorts rows by key', () =>
    withStore(async (store) => {
      const reference = await store.writeShard(name, 'train', [pair(10), pair(2, 1), pair(2, 0), pair(-1)]);
      const keys = (await store.readShard(reference)).map((row) => [row['base_prompt_idx'], row['pair_idx']]);
      assert.deepEqual(keys, [
        [-1, 0],
        [2, 0],
        [2, 1],
        [10, 0],
      ]);
    }));

  it('reads only the columns that are named, in the order of all rows', () =>
    withStore(async (store) => {
      const reference = await store.writeShard(name, 'train', [pair(2), pair(1)]);
      assert.deepEqual(await store.readShard(reference, ['prompt']), [
        { prompt: 'prompt 1' },
        { prompt: 'prompt 2' },
      ]);
    }));

  it('finds a committed shard with its row count and split, and no other', () =>
    withStore(async (store) => {
      assert.equal(await store.findShard(name), undefined);
      const written = await store.writeShard(name, "it's a split", [pair(1), pair(2)]);
      const expected: ShardReference = { ...name, rowCount: 2, split: "it's a split" };
      assert.deepEqual(written, expected);
      assert.deepEqual(await store.findShard(name), expected);
      assert.equal(await store.findShard({ ...name, run: 'run-2' }), undefined);
    }));

  it('keeps a shard without rows', () =>
    withStore(async (store) => {
      const reference = await store.writeShard(name, 'gate', []);
      assert.deepEqual(await store.findShard(name), { ...name, rowCount: 0, split: 'gate' });
      assert.deepEqual(await store.readShard(reference), []);
    }));

  it('replaces a shard that is written again', () =>
    withStore(async (store) => {
      await store.writeShard(name, 'train', [pair(1), pair(2)]);
      const reference = await store.writeShard(name, 'train', [pair(3)]);
      assert.deepEqual(await store.readShard(reference), [pair(3)]);
    }));

  it('leaves one whole shard of several writers at once', () =>
    withStore(async (store, root) => {
      const other = await createStore({ root });
      const writers = Array.from({ length: 12 }, (_, writer) =>
        (writer % 2 === 0 ? store : other).writeShard(
          name,
          'train',
          Array.from({ length: 50 }, (_row, base) =>
            rowOf('pairs', { base_prompt_idx: base, pair_idx: writer }),
          ),
        ),
      );
      const [reference] = await Promise.all(writers);
      assert(reference);
      const rows = await store.readShard(reference);
      assert.equal(rows.length, 50);
      assert.equal(new Set(rows.map((row) => row['pair_idx'])).size, 1);
      assert.deepEqual(await readdir(dirname(join(root, shardFile(name)))), ['shard-1.parquet']);
      await other.close();
    }));

  const refused: readonly (readonly [string, string, readonly Row[]])[] = [
    ['a key that comes twice', 'DUPLICATE_KEY', [pair(1), pair(1)]],
    ['an unknown column', 'UNKNOWN_COLUMN', [{ ...pair(1), extra: 1 }]],
    ['a missing column', 'MISSING_COLUMN', [{ base_prompt_idx: 1, pair_idx: 0 }]],
    ['a null in the key', 'WRONG_TYPE', [{ ...pair(1), pair_idx: null }]],
    ['a fraction in an integer column', 'WRONG_TYPE', [pair(1.5)]],
    ['an integer out of range', 'WRONG_TYPE', [pair(2 ** 31)]],
    ['a number in a text column', 'WRONG_TYPE', [{ ...pair(1), prompt: 5 }]],
    ['NaN', 'WRONG_TYPE', [{ ...pair(1), margin: Number.NaN }]],
  ];
  for (const [what, code, rows] of refused) {
    it(`refuses ${what} and writes nothing`, () =>
      withStore(async (store) => {
        // What the compiler does not let pass.
        const wrong = rows as unknown as readonly RowOf<'pairs'>[];
        await assert.rejects(store.writeShard(name, 'train', wrong), hasCode(code));
        assert.equal(await store.findShard(name), undefined);
      }));
  }

  it('says which shard is not there, and which is no Parquet file', () =>
    withStore(async (store, root) => {
      await assert.rejects(
        store.readShard({ ...name, rowCount: 1, split: 'train' }),
        hasCode('NO_SUCH_SHARD'),
      );
      await store.writeShard(name, 'train', [pair(1)]);
      await writeFile(join(root, shardFile(name)), 'PAR1 but not really');
      await assert.rejects(store.findShard(name), hasCode('CORRUPT_SHARD'));
    }));

  it('refuses shard names that are no file names', () =>
    withStore(async (store) => {
      for (const shard of ['', '..', '../x', 'a/b', 'a\0', '.hidden', 'x'.repeat(200)]) {
        await assert.rejects(store.writeShard({ ...name, shard }, 'train', []), hasCode('INVALID_NAME'));
      }
    }));
});

describe('createStore: run ids', () => {
  it('keeps any run id inside data/raw and gives it back in the column run', () =>
    withStore(async (store, root) => {
      const ids = [
        '..',
        '../../x',
        '/etc',
        'a/b',
        '%2F',
        'a%',
        'run=x',
        '2024-01-01',
        '007',
        'null',
        'ü ☃ 🚀',
        "it's",
        '*',
        '[x]',
        '+a/+b',
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.constantFrom(...ids),
            fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }),
            fc.string({ unit: fc.constantFrom('a', '/', '%', 'é', '+'), minLength: 200, maxLength: 400 }),
          ),
          async (run) => {
            const reference = await store.writeShard({ ...name, run }, 'train', [pair(1)]);
            assert.deepEqual(await store.findShard({ ...name, run }), reference);
            const rows = await store.query('select run, base_prompt_idx from pairs where run = $run', {
              run,
            });
            assert.deepEqual(rows, [{ run, base_prompt_idx: 1 }]);
          },
        ),
        { numRuns: 60, examples: ids.map((id) => [id]) },
      );
      assert.deepEqual(await readdir(root), ['data']);
      assert((await readdir(join(root, 'data', 'raw', 'pairs'))).every((entry) => entry.startsWith('run=')));
    }));

  it('refuses an empty id and half of a surrogate pair', () =>
    withStore(async (store) => {
      for (const run of ['', '\ud800']) {
        await assert.rejects(store.findShard({ ...name, run }), hasCode('INVALID_NAME'));
      }
    }));
});

describe('createStore: files and objects', () => {
  it('writes and reads files below the root, and answers undefined where there is none', () =>
    withStore(async (store) => {
      await store.writeFile('results/a/b.json', '{}');
      assert.equal(await store.readFile('results/a/b.json'), '{}');
      assert.equal(await store.readFile('results/none'), undefined);
    }));

  it('refuses paths that leave the root', () =>
    withStore(async (store) => {
      for (const path of ['..', '../x', '/etc/passwd', 'a/../../x', '', '.', 'a\0b']) {
        await assert.rejects(store.writeFile(path, 'x'), hasCode('OUTSIDE_ROOT'));
        await assert.rejects(store.readFile(path), hasCode('OUTSIDE_ROOT'));
      }
    }));

  it('gives objects back by their digest and notices when a file was changed', () =>
    withStore(async (store, root) => {
      const digest = await store.putObject({ b: [1, null, 'ü'], a: { y: 1, x: 2 } });
      assert.equal(await store.putObject({ a: { x: 2, y: 1 }, b: [1, null, 'ü'] }), digest);
      assert.deepEqual(await store.getObject(digest), { a: { x: 2, y: 1 }, b: [1, null, 'ü'] });
      await assert.rejects(store.getObject('0'.repeat(64)), hasCode('NO_SUCH_OBJECT'));
      await assert.rejects(store.getObject('../../etc/passwd'), hasCode('INVALID_NAME'));
      await writeFile(join(root, 'data', 'objects', `${digest}.json`), '{"a":1}');
      await assert.rejects(store.getObject(digest), hasCode('CORRUPT_OBJECT'));
    }));
});
