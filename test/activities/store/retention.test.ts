import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { listDeep } from '../../../activities/store/backend.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import {
  listVersions,
  promoteVersion,
  readChampion,
  rollBackChampion,
  writeModelVersion,
} from '../../../activities/store/model-registry.ts';
import {
  decideRetention,
  planRetention,
  removeVersion,
  sizeOfVersion,
  type DatedVersion,
} from '../../../activities/store/retention.ts';
import type { Store } from '../../../activities/store/store.ts';
import { promoteTemplate } from '../../../activities/store/task-templates.ts';
import { StoreError } from '../../../activities/store/store-error.ts';

const role = 'prompt_optimization';
const dated = (version: string, madeMs: number, parents: string[] = [], run = 'over'): DatedVersion => ({
  version,
  run,
  parents,
  madeMs,
});

describe('which versions stay', () => {
  it('are the newest, champions and what is before them, those of runs that go on, and the parents of all', () => {
    const versions = [
      dated('grandparent', 1),
      dated('parent', 2, ['grandparent']),
      dated('before', 3),
      dated('champion', 4, ['parent']),
      dated('old', 5, ['gone']),
      dated('tested', 6, [], 'loop/round-2'),
      dated('new', 7),
    ];
    const rule = { keep: 1, runsGoingOn: ['loop'] };
    const decided = decideRetention(versions, [{ version: 'champion', previous: 'before' }], rule);
    assert.deepEqual(Object.fromEntries(decided.map(({ version, because }) => [version, because])), {
      grandparent: 'parent',
      parent: 'parent',
      before: 'rollback',
      champion: 'champion',
      old: undefined,
      tested: 'run',
      new: 'newest',
    });
  });

  it('have all their parents, and are no fewer with a champion or a larger number', () => {
    const anyVersions = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 12 }).chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc.record({
            version: fc.constant(`v${name}`),
            run: fc.constant('over'),
            parents: fc.uniqueArray(fc.constantFrom(...names.map((other) => `v${other}`)), { maxLength: 3 }),
            madeMs: fc.nat(5),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(anyVersions, fc.integer({ min: 1, max: 5 }), fc.nat(11), (versions, keep, index) => {
        const champion = { version: versions[index % versions.length]!.version, previous: null };
        const stay = (count: number, champions: (typeof champion)[]): Set<string> =>
          new Set(
            decideRetention(versions, champions, { keep: count, runsGoingOn: [] })
              .filter(({ because }) => because !== undefined)
              .map(({ version }) => version),
          );
        const kept = stay(keep, []);
        for (const { version, parents } of versions)
          if (kept.has(version)) assert.ok(parents.every((parent) => kept.has(parent)));
        assert.ok(kept.size >= Math.min(keep, versions.length));
        for (const more of [stay(keep + 1, []), stay(keep, [champion])])
          assert.ok([...kept].every((version) => more.has(version)));
        assert.ok(stay(keep, [champion]).has(champion.version));
      }),
    );
  });
});

describe('old versions', () => {
  let root: string;
  let store: Store;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-retention-')));
    store = await createStore({ root });
    for (const [index, version] of ['one', 'two', 'three', 'four', 'five'].entries()) {
      const data: { [table: string]: string } = version === 'five' ? { prompt_templates: 'x' } : {};
      const origin = {
        trainer: version === 'five' ? 'template' : 'ranker',
        run: 'r',
        settingsDigest: '',
        seed: 0,
      };
      const manifest = { role, version, ...origin, parents: [], data, simulated: false } as const;
      await writeModelVersion(store, manifest, { 'metrics.json': '{}', 'template.txt': 'x\n' });
      await utimes(join(root, 'models', role, version, 'manifest.json'), index, 10 - index);
    }
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true, force: true });
  });

  const prune = async (): Promise<void> => {
    for (const { version, because } of await planRetention(store, role, { keep: 1, runsGoingOn: [] }))
      if (because === undefined) await removeVersion(store, role, version);
  };

  it('go with all their files, and leave champions, of tasks too, and the way back', async () => {
    for (const version of ['two', 'three', 'four']) await promoteVersion(store, role, version, 'r');
    await promoteTemplate(store, 'sorting', 'five');
    assert.ok((await sizeOfVersion(store, role, 'one')) > 4);
    await store.writeFile(`models/${role}/two/checkpoints/weights`, 'x');
    await prune();
    assert.deepEqual(await listVersions(store, role), ['five', 'four', 'one', 'three']);
    assert.deepEqual(await listDeep(store.backend, `models/${role}/two`), []);
    await rollBackChampion(store, role);
    assert.equal((await readChampion(store, role))?.version, 'three');
  });

  it('that are gone are no champion to go back to', async () => {
    for (const version of ['two', 'three', 'four']) await promoteVersion(store, role, version, 'r');
    await prune();
    await rollBackChampion(store, role);
    await assert.rejects(
      rollBackChampion(store, role),
      (error) => error instanceof StoreError && error.code === 'NO_SUCH_MODEL',
    );
    assert.equal((await readChampion(store, role))?.version, 'three');
  });
});
