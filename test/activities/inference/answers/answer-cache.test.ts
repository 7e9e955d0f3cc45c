import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createAnswerCache,
  type AnswerCache,
} from '../../../../activities/inference/answers/answer-cache.ts';
import type { ChatAnswer } from '../../../../activities/inference/model-client.ts';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { withTemporaryRoot } from '../../store/temporary-root.ts';

const keyOf = (index: number): string => createHash('sha256').update(String(index)).digest('hex');
const answerOf = (index: number, text = `answer ${index} ☃\n`): ChatAnswer => ({
  text,
  finishReason: 'stop',
  thinking: null,
  thinkingTokens: 0,
  tokensAreEstimated: false,
  logprobs: null,
  model: 'main',
  endpoint: 'http://127.0.0.1:1/v1',
  promptTokens: index,
  completionTokens: 2,
  seconds: 0.5,
  requests: 1,
});

interface Limits {
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
}

/** Uses a cache and closes it, as a process would. */
async function use<T>(
  root: string,
  work: (cache: AnswerCache) => T | Promise<T>,
  limits: Limits = {},
): Promise<T> {
  const backend = openBackend(root);
  const cache = createAnswerCache({ backend, log: silentLog, ...limits });
  try {
    return await work(cache);
  } finally {
    await cache.close();
    await backend.close();
  }
}

/** Ten answers a process, and so a segment. */
async function keepAll(root: string, from: number, to: number, limits?: Limits): Promise<void> {
  for (let first = from; first < to; first += 10) {
    await use(
      root,
      (cache) => {
        for (let index = first; index < Math.min(to, first + 10); index += 1) {
          cache.keep(keyOf(index), answerOf(index));
        }
      },
      limits,
    );
  }
}

const countFound = (root: string, from: number, to: number): Promise<number> =>
  use(root, async (cache) => {
    let count = 0;
    for (let index = from; index < to; index += 1) {
      const found = await cache.find(keyOf(index));
      if (found === undefined) continue;
      assert.deepEqual(found, answerOf(index));
      count += 1;
    }
    return count;
  });

describe('createAnswerCache', () => {
  it('finds in a later process what an earlier one kept, long answers too, and nothing else', () =>
    withTemporaryRoot(async (root) => {
      const long = answerOf(1, 'é'.repeat(200_000));
      await use(root, (cache) => {
        cache.keep(keyOf(0), answerOf(0));
        cache.keep(keyOf(1), long);
        cache.keep(keyOf(2), answerOf(2));
      });
      await use(root, async (cache) => {
        assert.deepEqual(await cache.find(keyOf(1)), long);
        assert.deepEqual(await cache.find(keyOf(2)), answerOf(2));
        assert.equal(await cache.find(keyOf(3)), undefined);
      });
    }));

  it('takes the answers of processes that write at once', () =>
    withTemporaryRoot(async (root) => {
      await Promise.all([0, 1, 2].map((number) => keepAll(root, number * 30, number * 30 + 30)));
      assert.equal(await countFound(root, 0, 90), 90);
    }));

  it('loses one answer to a line that a kill cut, and none to bytes that are no entries', () =>
    withTemporaryRoot(async (root) => {
      await keepAll(root, 0, 3);
      const [name = ''] = await readdir(join(root, 'data/cache'));
      await appendFile(join(root, 'data/cache', name), `${keyOf(3)}\t{"text":"cut`);
      await writeFile(join(root, 'data/cache', '000000000000000-garbage.jsonl'), 'x\n\n'.repeat(1000));
      assert.equal(await countFound(root, 0, 10), 3);
    }));

  it('keeps within its size, and gives up the oldest answers first', () =>
    withTemporaryRoot(async (root) => {
      const limits = { maxBytes: 20_000, segmentBytes: 4_000 };
      await keepAll(root, 0, 200, limits);
      const names = await readdir(join(root, 'data/cache'));
      const sizes = await Promise.all(
        names.map(async (name) => (await stat(join(root, 'data/cache', name))).size),
      );
      const size = sizes.reduce((sum, each) => sum + each, 0);
      assert(size > 8_000 && size <= limits.maxBytes + limits.segmentBytes, `${size} bytes`);
      assert.equal(await countFound(root, 0, 100), 0);
      assert.equal(await countFound(root, 190, 200), 10);
    }));

  it('keeps few files open, however many processes have left answers', async function () {
    if (process.platform !== 'linux') this.skip();
    const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
    await withTemporaryRoot(async (root) => {
      await keepAll(root, 0, 1_000);
      await use(root, async (cache) => {
        const before = await openFiles();
        for (let index = 0; index < 1_000; index += 1) {
          assert.deepEqual(await cache.find(keyOf(index)), answerOf(index));
        }
        const opened = (await openFiles()) - before;
        assert.ok(opened < 80, `${opened} files are open`);
      });
    });
  });

  it('fails no call where it cannot be written', () =>
    withTemporaryRoot(async (root) => {
      await mkdir(join(root, 'data'), { recursive: true });
      await writeFile(join(root, 'data/cache'), 'a file where the directory should be');
      await use(root, async (cache) => {
        assert.equal(await cache.find(keyOf(0)), undefined);
        cache.keep(keyOf(0), answerOf(0));
      });
    }));

  it('keeps answers again once it can be written again', () =>
    withTemporaryRoot(async (root) => {
      await mkdir(join(root, 'data'), { recursive: true });
      await writeFile(join(root, 'data/cache'), 'a file where the directory should be');
      const log = silentLog.child({});
      const warned = new Promise<void>((resolve) => (log.warn = () => resolve()));
      const backend = openBackend(root);
      const cache = createAnswerCache({ backend, log, pauseMs: 0 });
      cache.keep(keyOf(0), answerOf(0));
      await warned;
      await rm(join(root, 'data/cache'));
      cache.keep(keyOf(1), answerOf(1));
      await cache.close();
      await backend.close();
      await use(root, async (again) => {
        assert.equal(await again.find(keyOf(0)), undefined);
        assert.deepEqual(await again.find(keyOf(1)), answerOf(1));
      });
    }));
});
