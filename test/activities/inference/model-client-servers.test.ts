/** The client against embedded model servers with a capacity of their own. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { createModelClient } from '../../../activities/inference/create-model-client.ts';
import type { ModelClient } from '../../../activities/inference/model-client.ts';
import {
  startModelServer,
  type ModelServer,
  type ModelServerOptions,
} from '../../../deploy/model-server/server.ts';
import { failsWith } from './with-client.ts';
import { silentLog } from '../../support/silent-log.ts';
import { completion, send, type Handler } from './model-server.ts';
import { withClient } from './with-client.ts';

interface Load {
  readonly client: ModelClient;
  readonly servers: readonly ModelServer[];
  /** All calls at once; their seeds are their numbers. */
  readonly callAll: (count: number, answered?: (index: number) => void) => Promise<unknown[]>;
}

async function withServers(
  options: readonly ModelServerOptions[],
  work: (load: Load) => Promise<void>,
): Promise<void> {
  const servers = await Promise.all(options.map((each) => startModelServer(each)));
  const client = createModelClient({ embeddedUrl: undefined, apiKey: () => undefined, log: silentLog });
  const { signal } = new AbortController();
  const call = async (seed: number): Promise<unknown> => {
    const answer = client.chat({
      role: 'main_model',
      config: {
        model: { endpoints: servers.map(({ endpoint }) => endpoint), name: 'simulated-main' },
        sampling: { temperature: 0.7, topP: 1, maxTokens: 20 },
        request: { timeout: '30s', maxAttempts: 4, concurrency: 1000 },
      },
      messages: [{ role: 'user', content: `Tell me about volcano number ${seed}` }],
      seed,
      signal,
    });
    // Its answers are longer than they may be, which keeps all of them the same length.
    return answer.catch((error: unknown) => assert(failsWith('CUT_OFF')(error)));
  };
  try {
    await work({
      client,
      servers,
      callAll: (count, answered = () => {}) =>
        Promise.all(
          Array.from({ length: count }, async (_, index) => {
            const answer = await call(index);
            answered(index);
            return answer;
          }),
        ),
    });
  } finally {
    await client.close();
    await Promise.all(servers.map((server) => server.close()));
  }
}

const completed = ({ counts }: ModelServer): number => counts()['simulated-main']?.completed ?? 0;

describe('createModelClient: servers under load', function () {
  this.timeout(180_000);

  it('lets in the first 16 of many calls at once, and more once those are answered', async () => {
    const waiting: ServerResponse[] = [];
    let isOpen = false;
    const answer = (response: ServerResponse): void => send(response, 200, completion('an answer'));
    const holdBack: Handler = (_request, response) =>
      void (isOpen ? answer(response) : waiting.push(response));
    const untilSoMany = async (count: number): Promise<void> => {
      while (waiting.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await withClient([holdBack], async (ask) => {
      const calls = Promise.all(
        Array.from({ length: 400 }, (_, seed) => ask({ seed }, {}, { timeout: '120s' })),
      );
      /** How many are let in at once, when those before are answered. */
      const letIn = async (): Promise<number> => {
        await untilSoMany(16);
        // Another that is let in follows at once.
        await new Promise((resolve) => setTimeout(resolve, 100));
        return waiting.length;
      };
      assert.equal(await letIn(), 16);
      let later = 16;
      for (let round = 0; round < 20 && later === 16; round += 1) {
        for (const response of waiting.splice(0)) answer(response);
        later = await letIn();
      }
      assert.ok(later > 16);
      isOpen = true;
      for (const response of waiting) answer(response);
      assert.equal((await calls).length, 400);
    });
  });

  it('loses no call to a server that refuses most of what it is offered', () =>
    withServers([{ slots: 2, tokensPerSecond: 2000, queueLimit: 3 }], async ({ servers, callAll }) => {
      const answers = await callAll(200);
      assert.equal(
        servers.reduce((sum, server) => sum + completed(server), 0),
        200,
      );
      assert.equal(answers.length, 200);
    }));

  it('gives a slower server fewer calls', () =>
    withServers(
      [
        { slots: 16, tokensPerSecond: 90 },
        { slots: 16, tokensPerSecond: 30 },
      ],
      async ({ servers: [fast, slow], callAll }) => {
        assert(fast && slow);
        await callAll(240);
        assert(completed(fast) > 1.3 * completed(slow), `${completed(fast)} and ${completed(slow)}`);
      },
    ));

  it('loses no call when one of three servers dies in the middle, and uses it again when it is back', () =>
    withServers(
      Array.from({ length: 3 }, () => ({ slots: 8, tokensPerSecond: 200 })),
      async ({ servers, callAll }) => {
        const [dying] = servers;
        assert(dying);
        let died: Promise<void> = Promise.resolve();
        let revived: Promise<ModelServer> | undefined;
        let count = 0;
        const answers = await callAll(1200, () => {
          count += 1;
          if (count === 200) died = dying.close();
          if (count === 500) {
            revived = died.then(() => startModelServer({ slots: 8, tokensPerSecond: 200, port: dying.port }));
          }
        });
        const again = await revived;
        assert(again);
        try {
          assert.equal(answers.length, 1200);
          // On a busy machine it may have come back after the last of them.
          while (completed(again) === 0) await callAll(60);
        } finally {
          await again.close();
        }
      },
    ));
});
