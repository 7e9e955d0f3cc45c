import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { RoleConfig } from '../../../configs/settings/types.ts';
import { createAnswerCache } from '../../../activities/inference/answers/answer-cache.ts';
import { createModelClient } from '../../../activities/inference/create-model-client.ts';
import type { ChatAnswer, ChatCall } from '../../../activities/inference/model-client.ts';
import { callRecord } from '../../../activities/inference/run-shard.ts';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { silentLog } from '../../support/silent-log.ts';
import { withTemporaryRoot } from '../store/temporary-root.ts';
import { failsWith } from './with-client.ts';
import { completion, send, startServer, type ModelServer } from './model-server.ts';

type Ask = (changes?: Partial<ChatCall>, config?: Partial<RoleConfig>) => Promise<ChatAnswer>;

/** A server whose answers are numbered, and a way to ask it as a process of its own would. */
async function withCachedServer(
  work: (process: (run: (ask: Ask) => Promise<void>) => Promise<void>, server: ModelServer) => Promise<void>,
): Promise<void> {
  const server = await startServer((_request, response, index) =>
    send(response, 200, completion(`answer ${index}`)),
  );
  try {
    await withTemporaryRoot((root) =>
      work(async (run) => {
        const backend = openBackend(root);
        const client = createModelClient({
          embeddedUrl: server.url,
          apiKey: () => undefined,
          log: silentLog,
          cache: createAnswerCache({ backend, log: silentLog }),
        });
        const base: RoleConfig = {
          model: { endpoints: [server.url], name: 'main' },
          sampling: { temperature: 0.7, topP: 0.9, maxTokens: 50 },
          request: { timeout: '10s', maxAttempts: 3, concurrency: 4 },
        };
        try {
          await run((changes = {}, config = {}) =>
            client.chat({
              role: 'main_model',
              config: { ...base, ...config },
              messages: [{ role: 'user', content: 'Hello' }],
              seed: 1,
              signal: new AbortController().signal,
              ...changes,
            }),
          );
        } finally {
          await client.close();
          await backend.close();
        }
      }, server),
    );
  } finally {
    await server.close();
  }
}

describe('createModelClient: kept answers', () => {
  it('makes the same calls of a later process free, and marks them', () =>
    withCachedServer(async (inProcess, server) => {
      const seeds = Array.from({ length: 40 }, (_, seed) => seed);
      const texts: string[] = [];
      await inProcess(async (ask) => {
        texts.push(...(await Promise.all(seeds.map((seed) => ask({ seed })))).map(({ text }) => text));
      });
      await inProcess(async (ask) => {
        const answers = await Promise.all(seeds.map((seed) => ask({ seed })));
        assert.deepEqual(
          answers.map(({ text }) => text),
          texts,
        );
        assert(answers.every(({ requests, cached }) => requests === 0 && cached === true));
        const [first] = answers;
        assert(first);
        const { requests, seconds, cached } = callRecord('main_model', 'key', first);
        assert.deepEqual({ requests, seconds, cached }, { requests: 0, seconds: null, cached: true });
      });
      assert.equal(server.seen.length, 40);
    }));

  it('tells calls apart by all that their answers depend on, but not by where they are asked', () =>
    withCachedServer(async (inProcess, server) => {
      const sampling = { temperature: 0.7, topP: 0.9, maxTokens: 50 };
      const different: readonly (readonly [Partial<ChatCall>, Partial<RoleConfig>])[] = [
        [{}, {}],
        [{ seed: 2 }, {}],
        [{ messages: [{ role: 'system', content: 'Hello' }] }, {}],
        [{ messages: [{ role: 'user', content: 'Hello ' }] }, {}],
        [{ topLogprobs: 5 }, {}],
        [{ schema: { name: 'scores', schema: { type: 'object' } } }, {}],
        [{ schema: { name: 'scores', schema: { type: 'array' } } }, {}],
        [{}, { sampling: { ...sampling, temperature: 0.8 } }],
        [{}, { sampling: { ...sampling, topP: 0.8 } }],
        [{}, { sampling: { ...sampling, maxTokens: 51 } }],
        [{}, { model: { endpoints: [server.url], name: 'other' } }],
      ];
      await inProcess(async (ask) => {
        for (const [changes, config] of different) await ask(changes, config);
      });
      assert.equal(server.seen.length, different.length);
      await inProcess(async (ask) => {
        const elsewhere = { endpoints: ['http://127.0.0.1:1/v1', server.url], name: 'main' };
        assert.equal((await ask({}, { model: elsewhere })).cached, true);
      });
      assert.equal(server.seen.length, different.length);
    }));

  it('are neither used nor kept where a config says so, nor for the embedded models', () =>
    withCachedServer(async (inProcess, server) => {
      const request = { timeout: '10s', maxAttempts: 3, concurrency: 4, cache: false };
      for (const config of [{ request }, { model: { endpoints: ['embedded'], name: 'main' } }]) {
        await inProcess(async (ask) => {
          await ask({}, config);
        });
        await inProcess(async (ask) => {
          assert.equal((await ask({}, config)).requests, 1);
        });
      }
      assert.equal(server.seen.length, 4);
    }));

  /** Two servers of the same model name, and what each says of itself. */
  async function withTwo(
    entries: readonly [object, object],
    work: (
      askAt: (...urls: readonly string[]) => Promise<ChatAnswer>,
      urls: readonly [string, string],
      logged: readonly string[],
    ) => Promise<void>,
  ): Promise<void> {
    const [one, other] = await Promise.all(
      entries.map((entry, index) =>
        startServer(
          (_request, response) => send(response, 200, completion(`server ${index}`)),
          (response) =>
            send(response, 200, { object: 'list', data: [{ id: 'main', created: Math.random(), ...entry }] }),
        ),
      ),
    );
    assert(one && other);
    try {
      await withTemporaryRoot(async (root) => {
        const logged: string[] = [];
        const log = pino({ level: 'warn' }, { write: (line: string) => logged.push(line) });
        const backend = openBackend(root);
        const cache = createAnswerCache({ backend, log: silentLog });
        const client = createModelClient({ embeddedUrl: undefined, apiKey: () => undefined, log, cache });
        const askAt = async (...endpoints: readonly string[]): Promise<ChatAnswer> => {
          const answer = await client.chat({
            role: 'main_model',
            config: {
              model: { endpoints, name: 'main' },
              sampling: { temperature: 0.7, topP: 0.9, maxTokens: 50 },
              request: { timeout: '5s', maxAttempts: 1, concurrency: 4 },
            },
            messages: [{ role: 'user', content: 'Hello' }],
            seed: 1,
            signal: new AbortController().signal,
          });
          // Answers are written together, a moment later.
          await new Promise((resolve) => setTimeout(resolve, 100));
          return answer;
        };
        try {
          await work(askAt, [one.url, other.url], logged);
        } finally {
          await client.close();
          await backend.close();
        }
      });
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  }

  it('of a server are not those of another one with a model of the same name', async () => {
    for (const entries of [
      [{ root: '/models/a' }, { root: '/models/b' }],
      // Two tunings of one model are of one size.
      [{ meta: { n_params: 1 } }, { meta: { n_params: 1 } }],
      [
        { root: 'main', owned_by: 'sglang' },
        { root: 'main', owned_by: 'sglang' },
      ],
      [{}, {}],
    ] as const) {
      await withTwo(entries, async (askAt, [one, other]) => {
        assert.equal((await askAt(one)).text, 'server 0');
        assert.equal((await askAt(other)).text, 'server 1');
        assert.equal((await askAt(one)).cached, true);
      });
    }
  });

  it('serve every server of the same model, and that is said once', () =>
    withTwo([{ root: '/models/a' }, { root: '/models/a' }], async (askAt, [one, other], logged) => {
      await askAt(one);
      for (const answer of [await askAt(other), await askAt(other)]) {
        assert.deepEqual([answer.text, answer.cached, answer.endpoint], ['server 0', true, one]);
      }
      assert.equal(logged.filter((line) => line.includes('from another server')).length, 1);
    }));

  it('are not given for a server that cannot be reached', () =>
    withTwo([{ root: '/models/a' }, { root: '/models/a' }], async (askAt, [one]) => {
      await askAt(one);
      await assert.rejects(askAt('http://127.0.0.1:1/v1'), failsWith('CONNECTION_FAILED'));
    }));
});
