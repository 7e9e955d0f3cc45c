import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { faultKinds } from '../../../deploy/model-server/faults.ts';
import type { FaultKind } from '../../../deploy/model-server/faults.ts';
import type { ModelServer } from '../../../deploy/model-server/server.ts';
import { ask, chat, jsonOf, post, withServer } from './support.ts';
import type { ChatResponse } from './support.ts';

const prompts = Array.from(
  { length: 24 },
  (_, index) => `How do I choose potting soil for balcony ${index}?`,
);
const mainCounts = (server: ModelServer) => server.counts()['simulated-main'];

/** Waits until the server's ledger says so; what it waits for always comes. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Status of the first request with each prompt, at a fault rate of a half. */
async function statusesOf(ordered: readonly string[]): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  await withServer({ faultRate: 0.5, faultKinds: ['error500'], faultSeed: 3 }, async (server) => {
    for (const prompt of ordered) statuses.set(prompt, (await post(server, ask(prompt))).status);
  });
  return statuses;
}

describe('model server under load', () => {
  it('runs as many answers as it has slots while the others wait', async () => {
    await withServer({ slots: 8, tokensPerSecond: 1 }, async (server) => {
      const pending = Promise.allSettled(prompts.map((prompt) => post(server, ask(prompt))));
      await until(() => mainCounts(server)?.received === prompts.length);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      assert.match(metrics, /^vllm:num_requests_running\{engine="0",model_name="simulated-main"\} 8$/m);
      assert.match(metrics, /^vllm:num_requests_waiting\{engine="0",model_name="simulated-main"\} 16$/m);
      await server.close();
      await pending;
    });
  });

  it('serves all that wait, never more at once than it has slots', async () => {
    await withServer({ slots: 8, tokensPerSecond: 5000 }, async (server) => {
      await Promise.all(prompts.map((prompt) => chat(server, ask(prompt))));
      await until(() => mainCounts(server)?.completed === prompts.length);
      assert.ok((mainCounts(server)?.maxRunning ?? 99) <= 8);
    });
  });

  it('answers the same with a capacity as without', async () => {
    const answers: string[][] = [];
    for (const capacity of [{}, { slots: 2, tokensPerSecond: 20_000 }]) {
      await withServer(capacity, async (server) => {
        const bodies = await Promise.all(prompts.map((prompt) => chat(server, ask(prompt))));
        answers.push(bodies.map(({ choices }) => choices[0]?.message.content ?? ''));
      });
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  it('refuses with 503 what finds no room to wait', async () => {
    // No answer is out before all have come, however slow this machine is.
    await withServer({ slots: 1, tokensPerSecond: 1, queueLimit: 3 }, async (server) => {
      const controller = new AbortController();
      const pending = Promise.allSettled(
        prompts.slice(0, 6).map((prompt) => post(server, ask(prompt), controller.signal)),
      );
      await until(() => mainCounts(server)?.received === 6 && mainCounts(server)?.failed === 3);
      // A refusal is on its way for each that has failed; the others are given up.
      await new Promise((resolve) => setTimeout(resolve, 100));
      controller.abort();
      const statuses = (await pending).map((one) => (one.status === 'fulfilled' ? one.value.status : 0));
      assert.ok(
        statuses.every((status) => status === 503 || status === 0),
        statuses.join(),
      );
      await until(() => mainCounts(server)?.aborted === 3);
      assert.equal(mainCounts(server)?.failed, 3);
    });
  });

  it('counts requests whose client has gone as aborted and frees their slots', async () => {
    await withServer({ slots: 1, tokensPerSecond: 1 }, async (server) => {
      const controller = new AbortController();
      const gone = prompts.slice(0, 3).map((prompt) => post(server, ask(prompt), controller.signal));
      await until(() => mainCounts(server)?.received === 3);
      controller.abort();
      for (const one of gone) await assert.rejects(one, { name: 'AbortError' });
      await until(() => mainCounts(server)?.aborted === 3);
      await chat(server, { ...ask('What is rye flour?'), max_tokens: 1 });
      assert.equal(mainCounts(server)?.completed, 1);
    });
  });

  it('counts bodies that it was paid for twice', async () => {
    await withServer({}, async (server) => {
      for (const prompt of ['a potting soil', 'b potting soil', 'a potting soil'])
        await chat(server, ask(prompt));
      await until(() => mainCounts(server)?.completed === 3);
      const response = await fetch(`${server.url}/simulation/counts`);
      const counts = await jsonOf<ReturnType<ModelServer['counts']>>(response);
      assert.deepEqual(counts, server.counts());
      assert.equal(counts['simulated-main']?.distinct, 2);
      assert.equal(counts['simulated-main']?.repeated, 1);
    });
  });
});

describe('injected faults', () => {
  /** What a client sees of each fault. */
  const symptoms: { readonly [kind in FaultKind]: (request: Promise<Response>) => Promise<void> } = {
    error500: async (request) => assert.equal((await request).status, 500),
    error429: async (request) => assert.equal((await request).headers.get('retry-after'), null),
    error429RetryAfter: async (request) => assert.equal((await request).headers.get('retry-after'), '1'),
    error503: async (request) => assert.equal((await request).status, 503),
    hang: (request) => assert.rejects(request, { name: 'AbortError' }),
    cutConnection: (request) =>
      assert.rejects(
        request.then((response) => response.text()),
        TypeError,
      ),
    malformedBody: (request) =>
      assert.rejects(
        request.then((response) => response.json()),
        SyntaxError,
      ),
    async truncatedContent(request) {
      const body = await jsonOf<ChatResponse>(await request);
      assert.equal(body.choices[0]?.finish_reason, 'length');
    },
  };

  for (const kind of faultKinds) {
    it(`${kind}: at a rate of 1 the first two requests of a body fail and the third succeeds`, async () => {
      await withServer({ faultRate: 1, faultKinds: [kind] }, async (server) => {
        const body = ask('How do I choose potting soil?');
        for (const count of [1, 2]) {
          const controller = new AbortController();
          const seen = symptoms[kind](post(server, body, controller.signal));
          if (kind === 'hang') {
            await until(() => mainCounts(server)?.received === count);
            controller.abort();
          }
          await seen;
        }
        const { choices } = await chat(server, body);
        assert.equal(choices[0]?.finish_reason, 'stop');
        await until(() => mainCounts(server)?.completed === 1);
        assert.equal(mainCounts(server)?.failed, 2);
        assert.equal(mainCounts(server)?.repeated, 0);
      });
    });
  }

  it('meet the same requests in whatever order they come', async () => {
    const forwards = await statusesOf(prompts);
    const backwards = await statusesOf(prompts.toReversed());
    for (const prompt of prompts) assert.equal(forwards.get(prompt), backwards.get(prompt));
    assert.deepEqual(new Set(forwards.values()), new Set([200, 500]));
  });

  it('a slow start answers everything with 503', async () => {
    await withServer({ slowStartMs: 60_000 }, async (server) => {
      assert.equal((await fetch(`${server.url}/health`)).status, 503);
      assert.equal((await post(server, ask('x'))).status, 503);
    });
  });
});

describe('model server process', () => {
  const main = fileURLToPath(new URL('../../../deploy/model-server/main.ts', import.meta.url));
  const start = (...flags: readonly string[]) =>
    spawn(process.execPath, ['--import', 'tsx', main, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });

  it('prints where it listens, takes switches, and ends on SIGTERM', async () => {
    const child = start('--effect', '0', '--world-seed', '7');
    const [line]: unknown[] = await once(child.stdout, 'data');
    const { url, simulated }: { readonly url: string; readonly simulated: boolean } = JSON.parse(
      String(line),
    );
    assert.equal(simulated, true);
    const world = await jsonOf<object>(await fetch(`${url}/simulation/world`));
    assert.deepEqual(
      { effect: 0, worldSeed: 7 },
      { effect: Reflect.get(world, 'effect'), worldSeed: Reflect.get(world, 'worldSeed') },
    );
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('refuses flags that it does not know and values out of range with exit code 2', async () => {
    for (const flags of [
      ['--colour', 'red'],
      ['--effect', 'much'],
      ['--fault-kinds', 'rain'],
    ]) {
      assert.deepEqual(await once(start(...flags), 'exit'), [2, null]);
    }
  });
});
