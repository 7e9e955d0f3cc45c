import assert from 'node:assert/strict';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStore } from '../../../activities/store/create-store.ts';
import {
  promoteVersion,
  readChampion,
  writeGateVerdict,
  writeModelVersion,
} from '../../../activities/store/model-registry.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

const role = 'prompt_optimization';

describe('prose models', () => {
  let root: string;

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-models-')));
    for (const folder of ['definitions', 'configs'])
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    const store = await createStore({ root });
    for (const version of ['ranker-1', 'ranker-2']) {
      const origin = {
        trainer: 'ranker',
        run: `run-${version}`,
        settingsDigest: '',
        seed: 0,
        parents: [],
        data: {},
      };
      await writeModelVersion(store, { role, version, ...origin, simulated: true }, { 'metrics.json': '{}' });
    }
    const gain = { mean: 0.3, low: 0.1, high: 0.5 };
    await writeGateVerdict(store, role, 'ranker-1', {
      run: 'r',
      opponent: '',
      promote: true,
      reason: 'won',
      gain,
    });
    await promoteVersion(store, role, 'ranker-1', 'run-ranker-1');
    await store.close();
  });
  after(() => rm(root, { recursive: true, force: true }));

  const prose = (...args: string[]): Promise<Captured> => captureCli(['models', ...args], { cwd: root });
  async function champion(): Promise<string | undefined> {
    const store = await createStore({ root });
    try {
      return (await readChampion(store, role))?.version;
    } finally {
      await store.close();
    }
  }

  it('tells where two versions differ', async () => {
    const { exitCode, stdout } = await prose('diff', role, 'ranker-1', 'ranker-2', '--json');
    assert.equal(exitCode, 0);
    const paths = JSON.parse(stdout).map(({ path }: { path: string }) => path);
    assert.ok(
      paths.includes('manifest.run') && paths.includes('gate') && !paths.includes('manifest.trainer'),
      stdout,
    );
    assert.match(
      (await prose('diff', role, 'ranker-1', 'ranker-2')).stdout,
      /manifest\.version +"ranker-1" +"ranker-2"/,
    );
    assert.match((await prose('diff', role, 'ranker-1', 'ranker-1')).stdout, /the same/);
    assert.equal((await prose('diff', role, 'ranker-1', 'nowhere')).exitCode, 2);
  });

  it('lists the versions, their tests, and which is the champion', async () => {
    const { exitCode, stdout, stderr } = await prose('list', '--json');
    assert.equal(exitCode, 0, stderr);
    const listed = JSON.parse(stdout) as { version: string; isChampion: boolean; gate: string }[];
    assert.deepEqual(
      listed.map(({ version, isChampion, gate }) => [version, isChampion, gate]),
      [
        ['ranker-1', true, 'won, +0.30 (+0.10 to +0.50)'],
        ['ranker-2', false, ''],
      ],
    );
  });

  it('promotes by hand, says that its models were simulated, and goes back', async () => {
    const promoted = await prose('promote', role, 'ranker-2');
    assert.equal(promoted.exitCode, 0);
    assert.match(promoted.stderr, /simulated/);
    assert.equal(await champion(), 'ranker-2');
    assert.equal((await prose('rollback', role)).exitCode, 0);
    assert.equal(await champion(), 'ranker-1');
    assert.equal((await prose('rollback', role)).exitCode, 2);
    const shown = JSON.parse((await prose('show', role)).stdout) as { promotions: { by: string }[] };
    assert.deepEqual(
      shown.promotions.map(({ by }) => by),
      ['gate', 'operator', 'rollback'],
    );
  });

  it('tells the size of each version, and removes none where it cannot learn which runs need theirs', async () => {
    const sizes = async (): Promise<number[]> =>
      (JSON.parse((await prose('list', '--json')).stdout) as { bytes: number }[]).map(({ bytes }) => bytes);
    assert.ok((await sizes()).every((bytes) => bytes > 2));
    const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { exitCode } = await captureCli(['models', 'prune', '--keep', '1'], { cwd: root, env: nowhere });
    assert.equal(exitCode, 1);
    assert.equal((await sizes()).length, 2);
    assert.equal((await prose('prune', '--keep', '0')).exitCode, 2);
  });

  it('refuses versions and roles that are not there', async () => {
    assert.equal((await prose('promote', role, 'ranker-9')).exitCode, 2);
    assert.equal((await prose('list', 'poet')).exitCode, 2);
    assert.equal((await prose('show', 'main_model')).exitCode, 2);
  });
});
