import assert from 'node:assert/strict';
import { AdapterError } from '../../../../activities/inference/servers/adapters.ts';
import {
  assertServes,
  readProbes,
  type AdapterProbe,
} from '../../../../activities/inference/servers/probe-adapter.ts';
import type { ChatAnswer, ChatCall } from '../../../../activities/inference/model-client.ts';
import { ModelError } from '../../../../activities/inference/model-error.ts';

const config = {
  model: { endpoints: ['http://one/v1', 'http://two/v1'], name: 'main_model-sft-1' },
  sampling: { temperature: 1, topP: 0.9, maxTokens: 500 },
  request: { timeout: '1s', maxAttempts: 1, concurrency: 1 },
};
const probes: AdapterProbe[] = [0, 1, 2, 3].map((index) => ({
  messages: [{ role: 'user', content: String(index) }],
  text: `trained ${index}`,
  // The last one tells nothing.
  untrained: index === 3 ? 'trained 3' : `untrained ${index}`,
  tokens: 24,
}));
const asked: ChatCall[] = [];

/** @param say what a server answers to the probe of this number. */
function models(
  say: (endpoint: string, index: number) => string,
  plain: (endpoint: string, index: number) => string,
) {
  return {
    chat(call: ChatCall): Promise<ChatAnswer> {
      asked.push(call);
      const says = call.config.model.name === 'main' ? plain : say;
      const text = says(call.config.model.endpoints[0] ?? '', Number(call.messages[0]?.content));
      const paid = { promptTokens: 1, completionTokens: 24, thinkingTokens: 0, tokensAreEstimated: false };
      const details = { ...paid, finishReason: 'length', thinking: null, text, seconds: 1, model: 'm' };
      // As a rule a probe is cut off by its limit of tokens.
      return Promise.reject(new ModelError('CUT_OFF', 'server', 'cut off', { answer: details }));
    },
  };
}
const base = { ...config, model: { ...config.model, name: 'main' } };
/** @param plain what the model without the adapter says. Default: what it said at the training. */
const check = (
  say: Parameters<typeof models>[0],
  plain = (_: string, index: number) => `untrained ${index}`,
): Promise<void> =>
  assertServes(
    { models: models(say, plain), signal: new AbortController().signal },
    { served: config, base },
    probes,
    'main_model',
  );

describe('the probes of an adapter', () => {
  beforeEach(() => void asked.splice(0));

  it('are asked of every server, greedily, never from the cache, and only those that tell something', async () => {
    await check((_, index) => `trained ${index}\n`);
    assert.deepEqual(
      asked.map(({ config: { model }, messages }) => [model.name, model.endpoints, messages[0]?.content]),
      config.model.endpoints.flatMap((url) =>
        ['main_model-sft-1', 'main'].flatMap((name) => ['0', '1', '2'].map((index) => [name, [url], index])),
      ),
    );
    for (const { config: own } of asked)
      assert.deepEqual([own.sampling.temperature, own.sampling.maxTokens, own.request.cache], [0, 24, false]);
  });

  it('let one answer of three be rounded otherwise', () =>
    check((_, index) => (index === 0 ? 'trained, or so' : `trained ${index}`)));

  it('find out a server that answers without the adapter, and one that answers with another', async () => {
    for (const [as, what] of [
      ['untrained', /without it/],
      ['somebody', /another model/],
    ] as const)
      await assert.rejects(
        check((url, index) => `${url.includes('two') ? as : 'trained'} ${index}`),
        (error: unknown) =>
          error instanceof AdapterError &&
          error.code === 'WRONG_ADAPTER' &&
          error.endpoint === 'http://two/v1' &&
          what.test(error.message),
      );
  });

  it('find out a server that answers as the adapter where the model itself is asked', () =>
    assert.rejects(
      check(
        (_, index) => `trained ${index}`,
        (_, index) => `trained ${index}`,
      ),
      (error: unknown) =>
        error instanceof AdapterError && error.code === 'WRONG_ADAPTER' && /max-loras/.test(error.message),
    ));

  it('are none for a version that was made elsewhere', async () => {
    assert.deepEqual(await readProbes({ read: () => Promise.resolve(undefined) }), []);
  });
});
