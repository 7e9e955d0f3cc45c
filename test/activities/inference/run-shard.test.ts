import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import type { Progress } from '../../../activities/activity.ts';
import { ModelError } from '../../../activities/inference/model-error.ts';
import {
  callRecord,
  failedCallRecord,
  runShard,
  type ShardContext,
  type ShardWork,
} from '../../../activities/inference/run-shard.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { journalFile } from '../../../activities/store/paths.ts';
import type { Store } from '../../../activities/store/store.ts';
import { rowOf } from '../store/rows.ts';
import { createFullBackend } from '../store/full-backend.ts';
import { withTemporaryRoot } from '../store/temporary-root.ts';
import { withStore } from '../store/with-store.ts';
import { noAdapters } from '../../support/no-adapters.ts';

const name = { table: 'prompt_variations', run: 'run-1', shard: 'variations-1' } as const;
const config = {
  model: { endpoints: ['http://127.0.0.1:1/v1'], name: 'main' },
  sampling: { temperature: 0, topP: 1, maxTokens: 1 },
  request: { timeout: '1s', maxAttempts: 1, concurrency: 1 },
};

/** One attempt at a shard of the items 0, 1, … over a store; the same items with the same answers each time. */
interface Attempt {
  readonly store: Store;
  readonly count: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly beats?: Progress[];
  /** Called before an item is answered. */
  readonly before?: (item: number) => void | Promise<void>;
  /** Items answered, over all attempts. */
  readonly paid: number[];
}

function attempt({ store, count, concurrency = 3, signal, beats = [], before, paid }: Attempt) {
  const work: ShardWork<number, 'prompt_variations', ShardContext> = {
    context: {
      run: { runId: 'run-1', definition: 'prose', settingsDigest: '', digest: 'digest', seed: 1 },
      store,
      log: pino({ level: 'silent' }),
      signal: signal ?? new AbortController().signal,
      heartbeat: (progress) => beats.push(progress),
      models: { chat: serverDown, close: () => Promise.resolve(), adapters: noAdapters },
    },
    stage: 'prompt_variations',
    name,
    split: 'train',
    unit: 'variations',
    items: Array.from({ length: count }, (_, item) => item),
    concurrency,
    keyOf: String,
    async call(item) {
      await before?.(item);
      paid.push(item);
      const answer = {
        text: `answer ${item}`,
        finishReason: 'stop',
        thinking: null,
        thinkingTokens: 0,
        tokensAreEstimated: false,
        logprobs: null,
        model: 'main',
        endpoint: 'embedded',
        promptTokens: item,
        completionTokens: 1,
        seconds: 0.5,
        requests: 1,
      };
      const row = rowOf('prompt_variations', {
        base_prompt_idx: item,
        prompt_variation_idx: 0,
        prompt_variation: answer.text,
      });
      return { rows: [row], calls: [callRecord('prompt_variation', String(item), answer)] };
    },
  };
  return runShard(work);
}

const serverDown = (): never => {
  throw new ModelError('CONNECTION_FAILED', 'http://127.0.0.1:1/v1', 'down');
};

describe('runShard', () => {
  it('commits the rows and the ledger, tells its progress and leaves no journal', () =>
    withStore(async (store) => {
      const beats: Progress[] = [];
      const shard = await attempt({ store, count: 5, beats, paid: [] });
      assert.deepEqual(shard, { ...name, rowCount: 5, split: 'train' });
      const rows = await store.readShard(shard);
      assert.deepEqual(
        rows.map((row) => row['prompt_variation']),
        [0, 1, 2, 3, 4].map((item) => `answer ${item}`),
      );
      const calls = await store.query(
        'select stage, call_key, prompt_tokens, run from model_calls order by call_key',
      );
      assert.equal(calls.length, 5);
      assert.deepEqual(calls[3], {
        stage: 'prompt_variations',
        call_key: '3',
        prompt_tokens: 3,
        run: 'run-1',
      });
      assert.deepEqual(
        beats.map(({ done }) => done),
        [0, 1, 2, 3, 4, 5],
      );
      assert(beats.every(({ total, unit }) => total === 5 && unit === 'variations'));
      assert(!existsSync(join(store.backend.localRoot, journalFile(name))));
    }));

  it('returns a committed shard without a call', () =>
    withStore(async (store) => {
      const paid: number[] = [];
      const first = await attempt({ store, count: 4, paid });
      assert.deepEqual(await attempt({ store, count: 4, paid }), first);
      assert.equal(paid.length, 4);
    }));

  it('keeps to the concurrency it is given', () =>
    withStore(async (store) => {
      let inFlight = 0;
      let most = 0;
      await attempt({
        store,
        count: 20,
        concurrency: 4,
        paid: [],
        before: async () => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          await new Promise((resolve) => setImmediate(resolve));
          inFlight -= 1;
        },
      });
      assert.equal(most, 4);
    }));

  it('pays for no finished item twice, wherever attempts fail, and ends with the rows of an undisturbed run', () =>
    withStore(async (undisturbed) => {
      const expected = await undisturbed.readShard(
        await attempt({ store: undisturbed, count: 12, paid: [] }),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(11), { maxLength: 4 }),
          fc.integer({ min: 1, max: 5 }),
          (failures, concurrency) =>
            withStore(async (store) => {
              const paid: number[] = [];
              for (const failing of failures) {
                const before = (item: number): void => {
                  if (item === failing) serverDown();
                };
                await attempt({ store, count: 12, concurrency, paid, before }).catch((error: unknown) =>
                  assert(error instanceof ModelError && error.code === 'CONNECTION_FAILED'),
                );
              }
              const beats: Progress[] = [];
              const alreadyPaid = paid.length;
              const shard = await attempt({ store, count: 12, concurrency, beats, paid });
              if (alreadyPaid < 12) assert.equal(beats[0]?.done, alreadyPaid);
              assert.deepEqual(
                paid.toSorted((left, right) => left - right),
                Array.from({ length: 12 }, (_, item) => item),
              );
              assert.deepEqual(await store.readShard(shard), expected);
            }),
        ),
        { numRuns: 15 },
      );
    }));

  it('takes what an earlier version journalled, whose table had fewer columns, and asks for none of it again', () =>
    withStore(async (store) => {
      const journal = await store.openJournal<object>(name);
      const { error_message: _later, ...row } = rowOf('prompt_variations', {
        base_prompt_idx: 0,
        prompt_variation_idx: 0,
        prompt_variation: 'answer 0',
      });
      await journal.append('0', { rows: [row], calls: [] });
      await journal.close();
      const paid: number[] = [];
      const shard = await attempt({ store, count: 2, paid });
      assert.deepEqual(paid, [1]);
      const [first] = await store.readShard(shard);
      assert.deepEqual([first?.['prompt_variation'], first?.['error_message']], ['answer 0', null]);
    }));

  it('after an error lets those in flight finish and starts no other', () =>
    withStore(async (store) => {
      const paid: number[] = [];
      const started: number[] = [];
      const before = async (item: number): Promise<void> => {
        started.push(item);
        await new Promise((resolve) => setTimeout(resolve, item === 0 ? 5 : 40));
        if (item === 0) serverDown();
      };
      await assert.rejects(attempt({ store, count: 10, concurrency: 3, paid, before }), ModelError);
      assert.deepEqual(started, [0, 1, 2]);
      assert.deepEqual(paid, [1, 2]);
      const journal = await store.openJournal(name);
      assert.deepEqual([...journal.finished.keys()].toSorted(), ['1', '2']);
      await journal.close();
    }));

  it('asks nothing where the disk is full, keeps all that was in flight when it became full, and pays for nothing twice', () =>
    withTemporaryRoot(async (root) => {
      const disk = createFullBackend(openBackend(root), 2 ** 30);
      const store = await createStore({ root, backend: disk.backend });
      const paid: number[] = [];
      const full = { code: 'ENOSPC' };
      const fillAt = (last: number) => (item: number) => {
        if (item === last) disk.resize(disk.usedBytes());
      };
      try {
        await assert.rejects(attempt({ store, count: 12, concurrency: 4, paid, before: fillAt(5) }), full);
        const answered = paid.length;
        assert.ok(answered < 12, `${answered} were asked for after the disk was full`);
        await assert.rejects(attempt({ store, count: 12, concurrency: 4, paid }), full);
        assert.equal(paid.length, answered);
        disk.resize(2 ** 30);
        const shard = await attempt({ store, count: 12, concurrency: 4, paid });
        assert.deepEqual(
          paid.toSorted((one, other) => one - other),
          Array.from({ length: 12 }, (_, item) => item),
        );
        assert.equal((await store.readShard(shard)).length, 12);
        const left = await readdir(dirname(join(root, journalFile(name))));
        assert.deepEqual(left, []);
      } finally {
        await store.close();
      }
    }));

  it('stops when it is aborted, with the reason', () =>
    withStore(async (store) => {
      const controller = new AbortController();
      const reason = new Error('cancelled');
      const paid: number[] = [];
      const before = (item: number): void => {
        if (item === 3) controller.abort(reason);
        controller.signal.throwIfAborted();
      };
      await assert.rejects(
        attempt({ store, count: 10, concurrency: 1, signal: controller.signal, paid, before }),
        (error) => error === reason,
      );
      assert.deepEqual(paid, [0, 1, 2]);
      assert.equal(await store.findShard(name), undefined);
    }));

  it('takes two attempts at once, as after a worker that was only thought dead', () =>
    withStore(async (store) => {
      const paid: number[] = [];
      const [left, right] = await Promise.all([1, 2].map(() => attempt({ store, count: 6, paid })));
      assert.deepEqual(left, right);
      assert(left);
      assert.equal((await store.readShard(left)).length, 6);
    }));

  it('commits a shard without items', () =>
    withStore(async (store) => {
      assert.equal((await attempt({ store, count: 0, paid: [] })).rowCount, 0);
    }));
});

describe('failedCallRecord', () => {
  it('has the error and the requests it took', () => {
    const error = new ModelError('PROMPT_TOO_LONG', 'http://127.0.0.1:1/v1', 'too long');
    error.requests = 3;
    const record = failedCallRecord('main_model', 'key', config, error);
    assert.deepEqual(
      [record.error, record.requests, record.model, record.seconds],
      ['PROMPT_TOO_LONG', 3, 'main', null],
    );
  });
});
