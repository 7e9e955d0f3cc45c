import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';
import { createStore } from '../../../activities/store/create-store.ts';
import { digest } from '../../../activities/store/digest.ts';
import { writeModelVersion, type Manifest } from '../../../activities/store/model-registry.ts';
import type { Store } from '../../../activities/store/store.ts';
import type { RowOf } from '../../../activities/store/tables.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

const pair = (index: number, split: string): RowOf<'pairs'> => ({
  base_prompt_idx: index,
  pair_idx: 0,
  split,
  prompt: `say "${index}"`,
  chosen: `say ${index}, in one line\nwith 漢字`,
  rejected: 'say',
  chosen_variation_idx: 1,
  rejected_variation_idx: 2,
  chosen_approach: null,
  rejected_approach: null,
  margin: 1,
  probability: 0.75,
  weight: 2,
});
const said = (role: string, content: string): object[] => [{ role, content }];
const preference = (index: number): object => ({
  prompt: said('user', `say "${index}"`),
  chosen: said('assistant', `say ${index}, in one line\nwith 漢字`),
  rejected: said('assistant', 'say'),
  topic: null,
  probability: 0.75,
  weight: 2,
});

describe('prose export dataset', () => {
  let root: string;

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-datasets-')));
    for (const folder of ['definitions', 'configs'])
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    await withStoreOf(async (store) => {
      const rows = [pair(0, 'train'), pair(1, 'train'), pair(2, 'select')];
      const shard = await store.writeShard({ table: 'pairs', run: 'of-pairs', shard: 's' }, '', rows);
      const data = { pairs: digest(await store.readShard(shard)) };
      const origin = { run: 'of-version', settingsDigest: '', seed: 0, parents: [], simulated: true };
      const write = (manifest: Pick<Manifest, 'role' | 'version' | 'trainer' | 'data'>, files = {}) =>
        writeModelVersion(store, { ...origin, ...manifest }, { 'metrics.json': '{}', ...files });
      const role = 'prompt_optimization';
      await write({ role, version: 'ranker-1', trainer: 'ranker', data });
      await write({ role, version: 'ranker-2', trainer: 'ranker', data: { pairs: 'others' } });
      await write({ role, version: 'template-1', trainer: 'template', data: { prompt_templates: 'x' } });
      const lesson = { prompt: said('user', 'a'), completion: said('assistant', 'b') };
      const lines = `${JSON.stringify(lesson)}\n`;
      await write(
        { role: 'main_model', version: 'sft-1', trainer: 'sft', data },
        { 'rows.jsonl': lines.repeat(3), 'held-out.jsonl': lines, 'training.jsonl': '{"messages":[]}\n' },
      );
    });
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function withStoreOf(work: (store: Store) => Promise<void>): Promise<void> {
    const store = await createStore({ root });
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }
  const prose = (...args: string[]): Promise<Captured> =>
    captureCli(['export', 'dataset', ...args], { cwd: root });
  async function read(file: string): Promise<unknown[]> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = await connection.runAndReadAll(`select to_json(t) from '${join(root, file)}' t`);
    connection.closeSync();
    instance.closeSync();
    return rows.getRows().map(([row]) => JSON.parse(String(row)) as unknown);
  }
  const cardOf = async (folder: string): Promise<{ configs: { data_files: object[] }[]; tags: string[] }> => {
    const [, front = ''] = (await readFile(join(root, folder, 'README.md'), 'utf8')).split('---\n');
    return parse(front);
  };

  it('writes the pairs of a version as hubs lay them out, with a card that names each split', async () => {
    const { exitCode, stderr } = await prose('ranker-1', '--out', 'hub');
    assert.equal(exitCode, 0, stderr);
    const card = await cardOf('hub');
    assert.deepEqual(card.configs[0]?.data_files, [
      { split: 'train', path: 'data/train-00000-of-00001.parquet' },
      { split: 'validation', path: 'data/validation-00000-of-00001.parquet' },
    ]);
    assert.ok(card.tags.includes('preference'));
    assert.match(await readFile(join(root, 'hub', 'README.md'), 'utf8'), /were simulated/);
    assert.deepEqual(await read('hub/data/train-00000-of-00001.parquet'), [preference(0), preference(1)]);
    assert.deepEqual(await read('hub/data/validation-00000-of-00001.parquet'), [preference(2)]);
    assert.deepEqual((await readdir(join(root, 'hub'))).toSorted(), ['README.md', 'data']);
  });

  it('writes of an adapter the very rows that it has learned, as often as it has', async () => {
    const { stdout } = await prose('sft-1', '--as', 'parquet', '--json');
    const { folder, files } = JSON.parse(stdout) as { folder: string; files: { rows: number }[] };
    assert.equal(folder, join(root, 'dataset-sft-1'));
    assert.deepEqual(
      files.map(({ rows }) => rows),
      [3, 1],
    );
    assert.equal((await read('dataset-sft-1/train.parquet')).length, 3);
    assert.ok((await cardOf('dataset-sft-1')).tags.includes('sft'));
  });

  it('writes the pairs of a run as JSON lines', async () => {
    assert.equal((await prose('of-pairs', '--as', 'jsonl', '--out', 'lines')).exitCode, 0);
    const lines = (await readFile(join(root, 'lines', 'train.jsonl'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [preference(0), preference(1)],
    );
  });

  it('passes no other pairs off as what a version has learned', async () => {
    const { exitCode, stderr } = await prose('ranker-2', '--out', 'others');
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /no longer there/);
    await assert.rejects(readdir(join(root, 'others')));
  });

  it('writes over nothing, and refuses what has learned from no rows', async () => {
    await mkdir(join(root, 'full'));
    await writeFile(join(root, 'full', 'mine.txt'), 'mine');
    for (const args of [
      ['ranker-1', '--out', 'full'],
      ['ranker-1', '--out', 'full/mine.txt'],
      ['template-1'],
      ['nowhere'],
    ])
      assert.equal((await prose(...args)).exitCode, 2, args.join(' '));
    assert.deepEqual(await readdir(join(root, 'full')), ['mine.txt']);
  });
});
