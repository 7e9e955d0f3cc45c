import assert from 'node:assert/strict';
import { deadlineOf } from '../../../../activities/inference/servers/deadline.ts';
import { createEndpoints, type Endpoint } from '../../../../activities/inference/servers/endpoints.ts';
import { startServer, type ModelServer } from '../model-server.ts';

const config = {
  model: { endpoints: [], name: 'main' },
  sampling: { temperature: 0, topP: 1, maxTokens: 1024 },
  request: { timeout: '120s', maxAttempts: 5, concurrency: 4 },
} as const;

describe('deadlineOf', () => {
  let server: ModelServer;
  let close: () => Promise<void>;
  let endpoint: Endpoint;
  beforeEach(async () => {
    server = await startServer(() => {});
    const endpoints = createEndpoints(undefined);
    [endpoint = assert.fail()] = endpoints.resolve([server.url]);
    close = async () => {
      await endpoints.close();
      await server.close();
    };
  });
  afterEach(() => close());

  const more = async (elapsedMs: number): Promise<number> =>
    (await deadlineOf(endpoint, config, undefined).moreMs?.(elapsedMs)) ?? 0;

  it('is longer for long answers of a server of which nothing is known yet but that it is there', async () => {
    assert.equal(await more(120_000), 120_000);
    assert.equal(await more(16 * 120_000), 0);
  });

  it('is that of the config for short answers', async () => {
    const short = { ...config, sampling: { ...config.sampling, maxTokens: 64 } };
    assert.equal(await deadlineOf(endpoint, short, undefined).moreMs?.(120_000), 0);
  });

  it('is over where the server does not even say what it serves', async () => {
    await server.close();
    assert.equal(await more(120_000), 0);
  });

  it('goes by the pace of the server, and the line before it', async () => {
    endpoint.pace.answer(100_000, 1, 100);
    // 1,024 tokens at one a second, four times.
    assert.equal(await more(4 * 1_024_000 - 50_000), 50_000);
    assert.equal(await more(4 * 1_024_000), 0);
  });

  /** Answers of requests that were made with so many under way. */
  const answer = (count: number, tokens: number, inFlight: number): void => {
    for (let each = 0; each < count; each += 1) endpoint.givenEach += tokens / inFlight;
  };

  it('is looked at soon where the server is fast, and over once that has overtaken it', async () => {
    endpoint.pace.answer(1_000, 1, 1024);
    for (let request = 0; request < 4; request += 1) endpoint.limit.begin();
    const { timeoutMs, moreMs } = deadlineOf(endpoint, config, undefined);
    // Four answers of a second each, three times.
    assert(timeoutMs <= 12_000, `${timeoutMs} ms`);
    assert.equal(await moreMs?.(timeoutMs), timeoutMs);
    answer(4, 1024, 4);
    assert.equal(await moreMs?.(115_000), 5_000);
    answer(8, 1024, 4);
    assert.equal(await moreMs?.(20_000), 0);
  });

  it('counts what each of the others was given, however many there are', async () => {
    const { moreMs } = deadlineOf(endpoint, config, undefined);
    answer(1000, 1024, 1000);
    assert.notEqual(await moreMs?.(120_000), 0);
    answer(2, 1024, 1);
    assert.equal(await moreMs?.(120_000), 0);
  });

  it('lets others have the longer answers that they may ask for', async () => {
    deadlineOf(endpoint, config, undefined);
    const short = { ...config, sampling: { ...config.sampling, maxTokens: 16 } };
    const { moreMs } = deadlineOf(endpoint, short, undefined);
    answer(1, 1024, 1);
    assert.notEqual(await moreMs?.(119_000), 0);
  });

  it('is prolonged while others are answered slowly, and over once they were given what the longest answer takes', async () => {
    const { moreMs } = deadlineOf(endpoint, config, undefined);
    answer(4, 1024, 4);
    assert.equal(await moreMs?.(20 * 120_000), 120_000);
    answer(8, 1024, 4);
    assert.equal(await moreMs?.(20 * 120_000), 0);
  });

  it('is over where answers have come, and then no more', async () => {
    for (let request = 0; request < 4; request += 1) endpoint.limit.begin();
    const { moreMs } = deadlineOf(endpoint, config, undefined);
    answer(1, 10, 1);
    assert.equal(await moreMs?.(20 * 120_000), 120_000);
    assert.equal(await moreMs?.(21 * 120_000), 0);
  });
});
