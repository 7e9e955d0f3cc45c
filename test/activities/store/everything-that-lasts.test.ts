/** Everything that lasts goes through the back end: what one machine has written, another one has, wherever it lies. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { SecretKeeper } from '../../../definitions/documents/secret-keeper.ts';
import { createTaskCache } from '../../../activities/attempts/task-cache/task-cache.ts';
import { listDecisions } from '../../../activities/attempts/task-cache/entries.ts';
import { createAnswerCache } from '../../../activities/inference/answers/answer-cache.ts';
import { createSpendLedger, openLedger } from '../../../activities/inference/spend/spend-ledger.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import { promotionsOf } from '../../../activities/store/champions.ts';
import {
  listVersions,
  promoteVersion,
  readChampion,
  writeModelVersion,
} from '../../../activities/store/model-registry.ts';
import { openViews } from '../../../activities/store/views/open-views.ts';
import { runLogFile } from '../../../activities/store/run-paths.ts';
import type { Store } from '../../../activities/store/store.ts';
import { userTablePath } from '../../../activities/store/user-tables/user-tables.ts';
import { loadSettings } from '../../../configs/load.ts';
import { createWorkerLogger } from '../../../workers/run-logs.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { hasCode } from '../general/general-context.ts';
import { places } from './contract.ts';
import { rowOf } from './rows.ts';
import { withTemporaryRoot } from './temporary-root.ts';

const log = pino({ level: 'silent' });
const shard = { table: 'pairs', run: 'run/1', shard: 's' } as const;
const row = rowOf('pairs', { base_prompt_idx: 1, pair_idx: 0, prompt: 'p' });
const role = 'prompt_optimization' as const;
const manifest = (version: string) => ({
  role,
  version,
  trainer: 'ranker',
  run: 'r',
  settingsDigest: '',
  seed: 0,
  parents: [],
  data: {},
  simulated: true,
});

for (const [name, withPlace] of Object.entries(places)) {
  /** Two machines with one project. */
  const withStores = (work: (one: Store, other: Store) => Promise<void>): Promise<void> =>
    withTemporaryRoot((root) =>
      withPlace(async (open) => {
        const stores = [await createStore({ root, backend: await open() })] as const;
        const other = await createStore({ root, backend: await open() });
        await work(stores[0], other).finally(() => Promise.all([stores[0].close(), other.close()]));
      }),
    );

  describe(`what lasts, in the back end ${name}`, () => {
    it('tables: shards, views, users’ own tables, exports', () =>
      withStores(async (one, other) => {
        assert.deepEqual(await other.query('from pairs'), []);
        const reference = await one.writeShard(shard, 'train', [row]);
        assert.deepEqual(await other.findShard(shard), reference);
        assert.deepEqual(await other.listShards('pairs', 'run/1'), [reference]);
        assert.deepEqual(await other.readShard(reference, ['prompt']), [{ prompt: 'p' }]);
        assert.deepEqual(await other.query('select run, prompt from pairs'), [{ run: 'run/1', prompt: 'p' }]);
        await one.exportQuery("select 'ranker' as arm", {}, 'results/evaluations/r/test_results.parquet');
        assert.deepEqual(await other.query('select arm from test_results'), [{ arm: 'ranker' }]);

        const views = await openViews({ backend: one.backend });
        const path = userTablePath({ table: 'mine', run: 'r', part: 'p' });
        const written = await views.exportQuery('select prompt from pairs', {}, path);
        views.close();
        assert.equal(written.rowCount, 1);
        assert.deepEqual(await other.query('from mine'), [{ prompt: 'p', run: 'r' }]);
        await one.backend.delete(path);
        await assert.rejects(other.query('from mine'));
      }));

    it('journals, and objects by their digest', () =>
      withStores(async (one, other) => {
        const journal = await one.openJournal<number>(shard);
        await Promise.all([journal.append('a', 1), journal.append('b', 2)]);
        const again = await other.openJournal<number>(shard);
        assert.deepEqual(
          [...again.finished],
          [
            ['a', 1],
            ['b', 2],
          ],
        );
        await Promise.all([journal.close(), again.close()]);
        await other.removeJournal(shard);
        assert.equal((await one.openJournal(shard)).finished.size, 0);
        const digest = await one.putObject({ a: 1 });
        assert.deepEqual(await other.getObject(digest), { a: 1 });
        await assert.rejects(other.getObject('0'.repeat(64)), hasCode('NO_SUCH_OBJECT'));
      }));

    it('versions of models, whose champion two promote at once without losing a promotion', () =>
      withStores(async (one, other) => {
        const versions = Array.from({ length: 12 }, (_, index) => `v${index + 10}`);
        for (const version of versions)
          await writeModelVersion(one, manifest(version), { 'model.json': '{}' });
        assert.deepEqual(await listVersions(other, role), versions);
        await Promise.all(
          versions.map((version, index) =>
            promoteVersion(index % 2 === 0 ? one : other, role, version, `run-${version}`),
          ),
        );
        const promotions = promotionsOf(await readChampion(one, role));
        assert.deepEqual(promotions.map(({ version }) => version).toSorted(), versions);
        assert.deepEqual(
          promotions.map(({ previous }) => previous),
          [null, ...promotions.slice(0, -1).map(({ version }) => version)],
        );
      }));

    it('promotes over the champion that was meant, or not at all', () =>
      withStores(async (one, other) => {
        for (const version of ['a', 'b', 'c']) await writeModelVersion(one, manifest(version), {});
        await promoteVersion(one, role, 'a', 'r', '');
        const told = await Promise.all([
          promoteVersion(one, role, 'b', 'r', 'a'),
          promoteVersion(other, role, 'c', 'r', 'a'),
        ]);
        const champion = await readChampion(one, role);
        assert.deepEqual(
          told.map(({ version }) => version),
          [champion?.version, champion?.version],
        );
        assert.equal(promotionsOf(champion).length, 2);
      }));

    it('kept answers, what was spent, kept outputs of tasks, and logs', () =>
      withStores(async (one, other) => {
        const key = createHash('sha256').update('call').digest('hex');
        const counts = { promptTokens: 1, completionTokens: 2, seconds: 0.5, requests: 1 };
        const answer = {
          text: 'ü\n',
          finishReason: 'stop',
          thinking: null,
          thinkingTokens: 0,
          tokensAreEstimated: false,
          logprobs: null,
          model: 'm',
          endpoint: 'e',
          ...counts,
        };
        const cache = createAnswerCache({ backend: one.backend, log });
        cache.keep(key, answer);
        await cache.close();
        const reader = createAnswerCache({ backend: other.backend, log });
        assert.deepEqual(await reader.find(key), answer);
        await reader.close();

        const account = createSpendLedger({ backend: one.backend, log }).account('r');
        account.begin();
        account.end('main_model', 'e', { calls: 1, promptTokens: 1, completionTokens: 2, money: 0 });
        assert.equal(openLedger(other.backend, 'r').total.calls, 1);

        const settings = await loadSettings(packageRoot);
        if (!settings.ok) throw new Error('The settings of the project are not valid.');
        const use = (store: Store, runId: string) =>
          createTaskCache(packageRoot, store.backend, { own: {}, user: {} }).use(
            {
              activity: {
                name: 'made',
                description: '',
                taskQueue: 'prose',
                cacheable: true,
                input: {},
                output: {},
                run: () => Promise.resolve(),
              },
              isOwn: true,
              run: { runId, definition: 'd', settingsDigest: '', digest: '', seed: 1 },
              task: 't',
              input: {},
              option: true,
              settings: settings.value,
              log,
            },
            async () => await store.writeShard({ ...shard, run: runId }, 'train', [row]),
          );
        assert.equal((await use(one, 'r1')).cached, false);
        const taken = await use(other, 'r2');
        assert.equal(taken.cached, true);
        assert.deepEqual(await one.findShard({ ...shard, run: 'r2' }), taken.output);
        assert.deepEqual((await listDecisions(other.backend, 't')).map(({ outcome }) => outcome).toSorted(), [
          'hit',
          'miss',
        ]);

        createWorkerLogger(one.backend, process.stderr, new SecretKeeper())
          .child({ runId: 'r' })
          .info('said');
        assert.match((await other.readFile(runLogFile('r'))) ?? '', /"said"/);
      }));
  });
}
