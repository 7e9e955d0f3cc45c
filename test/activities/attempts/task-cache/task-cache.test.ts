import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Activity, CachedOutput } from '../../../../activities/activity.ts';
import { createStore } from '../../../../activities/store/create-store.ts';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import { shardFile } from '../../../../activities/store/paths.ts';
import type { ShardReference } from '../../../../activities/store/tables.ts';
import type { LoadedCode } from '../../../../activities/attempts/task-cache/code-digests.ts';
import { listDecisions } from '../../../../activities/attempts/task-cache/entries.ts';
import { explainTask } from '../../../../activities/attempts/task-cache/explain-task.ts';
import {
  createTaskCache,
  type CacheableTask,
} from '../../../../activities/attempts/task-cache/task-cache.ts';
import type { Settings } from '../../../../configs/settings/types.ts';
import type { CacheOption } from '../../../../definitions/model/types.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { withTemporaryRoot } from '../../store/temporary-root.ts';

const anything = { type: 'object' };
const twice: Activity<{ n: number; file?: string }, unknown> = {
  name: 'twice',
  description: '',
  taskQueue: 'prose',
  input: anything,
  output: anything,
  cacheable: true,
  reads: ({ file }) => (file === undefined ? [] : [file]),
  run: () => Promise.reject(new Error('The work is given.')),
};

const settings = {
  mainModel: { sampling: { temperature: 0.5 }, request: { timeout: '60s', maxAttempts: 3, concurrency: 4 } },
  texts: { rubric: 'Be kind.' },
  queues: { prose: { description: '', concurrency: 4 } },
} as unknown as Settings;

const code: LoadedCode = { own: { 'activities/a.ts': '1' }, user: { 'activities/user/b.ts': '1' } };

interface Attempt {
  readonly run?: string;
  readonly task?: string;
  readonly input?: object;
  readonly seed?: number;
  readonly settings?: Settings;
  readonly option?: Exclude<CacheOption, false>;
  readonly activity?: CacheableTask['activity'];
  readonly isOwn?: boolean;
  readonly code?: LoadedCode;
}

describe('the cache of tasks', () => {
  /** One attempt; `work` is done unless an earlier success is found. */
  function attempt(
    root: string,
    given: Attempt,
    work: () => Promise<unknown> = async () => ({ made: given.run }),
  ): Promise<CachedOutput> {
    const { run = 'r1', seed = 1, input = { n: 2 } } = given;
    return createTaskCache(root, openBackend(root), given.code ?? code).use(
      {
        activity: given.activity ?? twice,
        isOwn: given.isOwn ?? false,
        run: { runId: run, definition: 'd', settingsDigest: '', digest: '', seed },
        task: given.task ?? 'double',
        input,
        option: given.option ?? true,
        settings: given.settings ?? settings,
        log: silentLog,
      },
      work,
    );
  }

  /** Whether the second of two attempts took what the first one made. */
  async function hits(root: string, first: Attempt, second: Attempt): Promise<boolean> {
    await attempt(root, { run: 'r1', ...first });
    return (await attempt(root, { run: 'r2', ...second })).cached;
  }

  const within = (work: (root: string) => Promise<void>) => () => withTemporaryRoot(work);

  it(
    'takes the outputs of an earlier success in another run, under another task name',
    within(async (root) => {
      assert.deepEqual(await attempt(root, { run: 'r1' }), { output: { made: 'r1' }, cached: false });
      const again = await attempt(root, { run: 'r2', task: 'other' }, () => assert.fail('worked'));
      assert.deepEqual(again, { output: { made: 'r1' }, cached: true });
      const [decision] = await listDecisions(openBackend(root), 'other');
      assert.equal(decision?.outcome, 'hit');
      assert.deepEqual([decision.from?.run, decision.from?.task], ['r1', 'double']);
    }),
  );

  it(
    'keeps nothing of a failure',
    within(async (root) => {
      await assert.rejects(
        attempt(root, {}, () => Promise.reject(new Error('failed'))),
        /failed/,
      );
      assert.equal((await attempt(root, {})).cached, false);
    }),
  );

  const changes: { readonly [name: string]: Attempt } = {
    'the input': { input: { n: 3 } },
    'the seed': { seed: 2 },
    'a config': {
      settings: {
        ...settings,
        mainModel: { ...settings.mainModel, sampling: { temperature: 0.6 } },
      } as Settings,
    },
    'a text': { settings: { ...settings, texts: { ...settings.texts, rubric: 'Be strict.' } } },
    'its code': { code: { ...code, user: { 'activities/user/b.ts': '2' } } },
    "PROSE's code": { code: { ...code, own: { 'activities/a.ts': '2' } } },
    'the activity': { activity: { ...twice, name: 'thrice' } },
  };
  for (const [name, change] of Object.entries(changes))
    it(
      `does the work again when ${name} changes`,
      within(async (root) => assert.equal(await hits(root, {}, change), false)),
    );

  it(
    'does not do the work again when only the way of doing it changes',
    within(async (root) => {
      const { mainModel } = settings;
      const others = {
        ...settings,
        queues: {},
        mainModel: { ...mainModel, request: { ...mainModel.request, timeout: '5s' } },
      } as Settings;
      assert.equal(await hits(root, {}, { settings: others }), true);
    }),
  );

  it(
    "a change of a project's activities is none of PROSE's own",
    within(async (root) => {
      const changed = { own: code.own, user: {} };
      assert.equal(await hits(root, { isOwn: true }, { isOwn: true, code: changed }), true);
    }),
  );

  it(
    'reads the files that the activity says it reads, by content',
    within(async (root) => {
      await mkdir(join(root, 'inputs'));
      await writeFile(join(root, 'inputs', 'a.txt'), 'one');
      const reading = { input: { n: 1, file: 'inputs/a.txt' } };
      assert.equal(await hits(root, reading, reading), true);
      await writeFile(join(root, 'inputs', 'a.txt'), 'two');
      assert.equal((await attempt(root, { run: 'r3', ...reading })).cached, false);
      const explanation = await explainTask(openBackend(root), 'double', 'r3');
      assert.deepEqual(explanation?.nearest?.differences, [{ kind: 'file', name: 'inputs/a.txt' }]);
    }),
  );

  it(
    'keeps nothing when what was read changes meanwhile',
    within(async (root) => {
      await writeFile(join(root, 'a.txt'), 'one');
      const reading = { input: { n: 1, file: 'a.txt' } };
      await attempt(root, reading, async () => {
        await writeFile(join(root, 'a.txt'), 'two');
        return {};
      });
      await writeFile(join(root, 'a.txt'), 'one');
      assert.equal((await attempt(root, reading)).cached, false);
    }),
  );

  it(
    'takes a success that is young enough only',
    within(async (root) => {
      assert.equal(await hits(root, {}, { option: { ttl: '1h' } }), true);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const late = await attempt(root, { run: 'r3', option: { ttl: '1ms' } });
      assert.equal(late.cached, false);
      assert.equal((await explainTask(openBackend(root), 'double', 'r3'))?.decision.outcome, 'stale');
    }),
  );

  it(
    'does nothing for a run without cache',
    within(async (root) => {
      const off = { settings: { ...settings, taskCache: false } };
      await attempt(root, {});
      assert.equal((await attempt(root, { run: 'r2', ...off })).cached, false);
      assert.equal((await explainTask(openBackend(root), 'double', 'r2'))?.decision.outcome, 'off');
    }),
  );

  it(
    'says why an activity cannot be cached, and keeps nothing of it',
    within(async (root) => {
      const activity = { ...twice, cacheable: 'its server answers as it likes' };
      assert.equal(await hits(root, { activity }, { activity }), false);
      const found = await explainTask(openBackend(root), 'double');
      assert.equal(found?.decision.outcome, 'uncacheable');
      assert.match(found.decision.reason, /answers as it likes/);
    }),
  );

  describe('with shards', () => {
    const rows = (prompt: string) => [
      {
        base_prompt_idx: 1,
        base_prompt: prompt,
        topic: 't',
        split: 'train',
        source: 's',
        fields: null,
        model: '',
        seed: 1,
      },
    ];

    /** Writes a shard of base prompts for a run. */
    async function write(root: string, run: string, prompt = 'Tell me'): Promise<ShardReference> {
      const store = await createStore({ root });
      try {
        return await store.writeShard({ table: 'base_prompts', run, shard: 'a' }, 'train', rows(prompt));
      } finally {
        await store.close();
      }
    }

    it(
      'gives the run shards of its own and references to them',
      within(async (root) => {
        const made = await attempt(root, { run: 'r1' }, async () => ({ shards: [await write(root, 'r1')] }));
        const { output, cached } = await attempt(root, { run: 'r/2' });
        assert.equal(cached, true);
        const [first] = (made.output as unknown as { shards: ShardReference[] }).shards;
        const [second] = (output as unknown as { shards: ShardReference[] }).shards;
        assert.ok(first && second);
        assert.deepEqual(second, { ...first, run: 'r/2' });
        await rm(join(root, shardFile(first)));
        const store = await createStore({ root });
        assert.deepEqual(await store.readShard(second), rows('Tell me'));
        assert.deepEqual(await store.query('select run from base_prompts'), [{ run: 'r/2' }]);
        await store.close();
      }),
    );

    it(
      'does the work again when a shard was deleted or changed',
      within(async (root) => {
        let made = 0;
        const work = async (): Promise<unknown> => {
          made += 1;
          return { shard: await write(root, 'r1') };
        };
        await attempt(root, { run: 'r1' }, work);
        await rm(join(root, shardFile({ table: 'base_prompts', run: 'r1', shard: 'a' })));
        await attempt(root, { run: 'r1' }, work);
        assert.equal(made, 2);
        await write(root, 'r1', 'Something else');
        await attempt(root, { run: 'r1' }, work);
        assert.equal(made, 3);
        assert.match((await explainTask(openBackend(root), 'double'))?.decision.reason ?? '', /was changed/);
      }),
    );

    it(
      'knows the shards of the input by their contents, not by their names',
      within(async (root) => {
        const shard = await write(root, 'r1');
        const same = await write(root, 'r2');
        const other = await write(root, 'r3', 'Something else');
        assert.equal(await hits(root, { input: { shard } }, { input: { shard: same } }), true);
        await attempt(root, { run: 'r3', input: { shard: other } });
        const { nearest } = (await explainTask(openBackend(root), 'double', 'r3')) ?? {};
        assert.deepEqual(nearest?.differences, [{ kind: 'data', name: 'with.shard' }]);
      }),
    );

    it(
      'cannot cache what reads a shard that is not there',
      within(async (root) => {
        const shard = await write(root, 'r1');
        await rm(join(root, shardFile(shard)));
        await attempt(root, { input: { shard } });
        assert.equal((await explainTask(openBackend(root), 'double'))?.decision.outcome, 'uncacheable');
      }),
    );

    it(
      'moves the files of a run that an output names',
      within(async (root) => {
        const file = (run: string) => `data/tables/mine/run=${run}/part.parquet`;
        await attempt(root, { run: 'r1' }, async () => {
          await mkdir(join(root, 'data/tables/mine/run=r1'), { recursive: true });
          await writeFile(join(root, file('r1')), 'rows');
          return { path: file('r1') };
        });
        const { output } = await attempt(root, { run: 'r2' });
        assert.deepEqual(output, { path: file('r2') });
        assert.equal(await readFile(join(root, file('r2')), 'utf8'), 'rows');
      }),
    );
  });

  it(
    'is not hurt by several runs at once',
    within(async (root) => {
      const runs = Array.from({ length: 8 }, (_, index) => attempt(root, { run: `r${index}` }));
      await Promise.all(runs);
      const after = await attempt(root, { run: 'later' });
      assert.equal(after.cached, true);
    }),
  );
});
