import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createStore } from '../../../activities/store/create-store.ts';
import { promotionsOf } from '../../../activities/store/champions.ts';
import {
  listVersions,
  promoteVersion,
  readChampion,
  readGateVerdict,
  rollBackChampion,
  writeGateVerdict,
  writeModelVersion,
  type Manifest,
} from '../../../activities/store/model-registry.ts';
import type { Store } from '../../../activities/store/store.ts';
import { hasCode } from '../general/general-context.ts';
import { withTemporaryRoot } from './temporary-root.ts';

const role = 'prompt_optimization';

async function withVersions(work: (store: Store) => Promise<void>): Promise<void> {
  await withTemporaryRoot(async (root) => {
    const store = await createStore({ root });
    try {
      for (const version of ['a', 'b', 'c']) await writeModelVersion(store, manifest(version), {});
      await work(store);
    } finally {
      await store.close();
    }
  });
}

function manifest(version: string): Manifest {
  return {
    role,
    version,
    trainer: 'ranker',
    run: 'run',
    settingsDigest: '',
    seed: 0,
    parents: [],
    data: {},
    simulated: true,
  };
}

describe('the model registry', () => {
  it('lists whole versions only', () =>
    withVersions(async (store) => {
      await store.writeFile(`models/${role}/half/model.json`, '{}');
      assert.deepEqual(await listVersions(store, role), ['a', 'b', 'c']);
      assert.deepEqual(await listVersions(store, 'main_model'), []);
    }));

  it('loses no promotion of two processes that promote at once', () =>
    withTemporaryRoot(async (root) => {
      const store = await createStore({ root });
      const names = Array.from({ length: 40 }, (_, index) => `v${index + 10}`);
      for (const version of names) await writeModelVersion(store, manifest(version), {});
      const promote = (half: number): Promise<unknown> =>
        promisify(execFile)(process.execPath, [
          '--import',
          'tsx',
          fileURLToPath(new URL('./promoting-process.ts', import.meta.url)),
          root,
          ...names.filter((_, index) => index % 2 === half),
        ]);
      await Promise.all([promote(0), promote(1)]);
      const changes = promotionsOf(await readChampion(store, role));
      assert.deepEqual(changes.map(({ version }) => version).toSorted(), names);
      assert.deepEqual(
        changes.map(({ previous }) => previous),
        [null, ...changes.slice(0, -1).map(({ version }) => version)],
      );
      await store.close();
    }));

  it('keeps every change of the champion', () =>
    withVersions(async (store) => {
      await promoteVersion(store, role, 'a', 'run-1');
      await promoteVersion(store, role, 'a', 'run-1');
      await promoteVersion(store, role, 'b', 'run-2');
      await promoteVersion(store, role, 'c', '');
      const changes = promotionsOf(await readChampion(store, role));
      assert.deepEqual(
        changes.map(({ version, previous, by }) => [version, previous, by]),
        [
          ['a', null, 'gate'],
          ['b', 'a', 'gate'],
          ['c', 'b', 'operator'],
        ],
      );
    }));

  it('goes back step by step, to the first champion and no further', () =>
    withVersions(async (store) => {
      for (const version of ['a', 'b', 'c']) await promoteVersion(store, role, version, `run-${version}`);
      const back = await rollBackChampion(store, role);
      assert.deepEqual([back.version, back.run, back.previous, back.by], ['b', 'run-b', 'a', 'rollback']);
      assert.equal((await rollBackChampion(store, role)).version, 'a');
      await assert.rejects(rollBackChampion(store, role), hasCode('NO_EARLIER_CHAMPION'));
      await assert.rejects(rollBackChampion(store, 'main_model'), hasCode('NO_EARLIER_CHAMPION'));
      assert.equal(promotionsOf(await readChampion(store, role)).length, 5);
    }));

  it('goes back behind a champion that was promoted twice', () =>
    withVersions(async (store) => {
      await promoteVersion(store, role, 'a', 'run-1');
      await promoteVersion(store, role, 'b', 'run-2');
      assert.equal((await promoteVersion(store, role, 'b', 'run-3')).previous, 'a');
      const back = await rollBackChampion(store, role);
      assert.deepEqual([back.version, back.run, back.previous], ['a', 'run-1', null]);
    }));

  it('keeps how the last test of a version went beside it', () =>
    withVersions(async (store) => {
      assert.equal(await readGateVerdict(store, role, 'a'), undefined);
      const gain = { mean: 0.1, low: -0.1, high: 0.3 };
      const lost = { run: 'run-1', opponent: 'b', promote: false, reason: 'not beyond chance', gain };
      await writeGateVerdict(store, role, 'a', lost);
      assert.deepEqual(await readGateVerdict(store, role, 'a'), lost);
    }));

  it('promotes nothing that is not there', () =>
    withVersions(async (store) => {
      await assert.rejects(promoteVersion(store, role, 'z', 'run'), hasCode('NO_SUCH_MODEL'));
    }));

  it('promotes no version of another role, by whatever path', () =>
    withVersions(async (store) => {
      const other = { ...manifest('x'), role: 'main_model' } as const;
      await writeModelVersion(store, other, {});
      for (const version of ['../main_model/x', '..', '', 'a/../a'])
        await assert.rejects(promoteVersion(store, role, version, ''), hasCode('INVALID_NAME'));
      await store.writeFile(`models/${role}/copied/manifest.json`, JSON.stringify(other));
      await assert.rejects(promoteVersion(store, role, 'copied', ''), hasCode('NO_SUCH_MODEL'));
    }));

  it('promotes no training set', () =>
    withVersions(async (store) => {
      await writeModelVersion(store, { ...manifest('set'), trainer: 'none' }, {});
      await assert.rejects(promoteVersion(store, role, 'set', ''), hasCode('NO_WEIGHTS'));
      assert.equal(await readChampion(store, role), undefined);
    }));
});
