/** A real small model: installed, downloaded, and asked over HTTP. */
import assert from 'node:assert/strict';
import { startEngine, type Engine } from '../../../deploy/local-model/engine.ts';
import { getModel } from '../../../deploy/local-model/get-model.ts';
import { getRuntime } from '../../../deploy/local-model/get-runtime.ts';
import { serveEngine, type LocalModelServer } from '../../../deploy/local-model/server.ts';
import { createModelClient } from '../../../activities/inference/create-model-client.ts';
import { loadSettings } from '../../../configs/load.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { silentLog } from '../../support/silent-log.ts';

interface Completion {
  readonly choices: readonly {
    readonly message: { readonly content: string };
    readonly finish_reason: string;
    readonly stop_reason: string | null;
    readonly logprobs: {
      readonly content: readonly {
        readonly token: string;
        readonly logprob: number;
        readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
      }[];
    } | null;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

describe('the local model server with SmolLM2', function () {
  // The first time on a machine some 180 MB are downloaded.
  this.timeout(600_000);
  let engine: Engine;
  let server: LocalModelServer;

  before(async () => {
    const { env } = process;
    const log = (line: string): void => void process.stdout.write(`      ${line}\n`);
    const runtime = await getRuntime({ env, log });
    const { path } = await getModel('smollm2', { env, cwd: '/', log });
    engine = await startEngine({ modelPath: path, runtime, slots: 4, threads: 1, contextSize: 1024 });
    server = await serveEngine(engine, { name: 'smollm2' });
  });
  after(() => server?.close());

  function post(body: object, signal?: AbortSignal): Promise<Response> {
    return fetch(`${server.endpoint}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'smollm2', ...body }),
      ...(signal !== undefined && { signal }),
    });
  }
  const said = (content: string): object => ({ messages: [{ role: 'user', content }] });
  async function ask(content: string, body: object = {}): Promise<Completion> {
    const response = await post({ max_tokens: 24, temperature: 0, ...said(content), ...body });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as Completion;
  }
  const textOf = ({ choices }: Completion): string => choices[0]?.message.content ?? '';

  it('answers what it was asked, and the same again', async () => {
    const asked = 'Which city is the capital of France? Answer with the name of the city.';
    const answer = await ask(asked);
    assert.match(textOf(answer), /Paris/);
    assert.ok(answer.usage.prompt_tokens > 10 && answer.usage.completion_tokens > 0);
    assert.equal(textOf(await ask(asked)), textOf(answer));
  });

  it('draws by seed and temperature', async () => {
    const drawn = (seed: number): Promise<string> =>
      ask('Tell me about rain.', { temperature: 1, seed }).then(textOf);
    const first = await drawn(1);
    assert.equal(await drawn(1), first);
    assert.notEqual(await drawn(2), first);
  });

  it('writes JSON of a schema, with the probabilities of what the schema allows, and ends when it is whole', async () => {
    const properties = { score: { type: 'integer', enum: [1, 2, 3, 4, 5] } };
    const schema = { type: 'object', required: ['score'], additionalProperties: false, properties };
    const answer = await ask('Rate this answer from 1 to 5: "Rain is water."', {
      max_tokens: 60,
      logprobs: true,
      top_logprobs: 5,
      response_format: { type: 'json_schema', json_schema: { name: 'verdict', schema } },
    });
    const { score } = JSON.parse(textOf(answer)) as { score: number };
    assert.ok([1, 2, 3, 4, 5].includes(score));
    assert.equal(answer.choices[0]?.finish_reason, 'stop');
    const tokens = answer.choices[0]?.logprobs?.content ?? [];
    assert.equal(tokens.map(({ token }) => token).join(''), textOf(answer));
    const digit = tokens.find(({ token }) => token.trim() === String(score));
    const likely = (digit?.top_logprobs ?? []).filter(({ logprob }) => Math.exp(logprob) > 0.001);
    assert.ok(
      likely.length > 0 && likely.every(({ token }) => /^ ?[1-5]$/.test(token)),
      JSON.stringify(likely),
    );
  });

  it('writes at once what it writes one after the other', async () => {
    const things = ['a tram', 'horses', 'an apple', 'a hammer', 'rain', 'chess', 'the moon', 'tea'];
    const asked = things.map((thing) => `Tell me about ${thing} in one sentence.`);
    const apart: string[] = [];
    for (const text of asked) apart.push(textOf(await ask(text)));
    const together = (await Promise.all(asked.map((text) => ask(text)))).map(textOf);
    // Sums of another order differ in their last bit, which once in a while turns a word.
    const alike = together.filter((text, index) => text === apart[index]);
    assert.ok(alike.length >= things.length - 1, JSON.stringify([apart, together]));
  });

  it('ends at a stop text, at the limit of tokens, and gives n answers', async () => {
    const stopped = await ask('Count: one, two, three, four.', { stop: [','] });
    assert.ok(!textOf(stopped).includes(','));
    const cut = await ask('Tell me about rain.', { max_tokens: 3 });
    assert.deepEqual([cut.choices[0]?.finish_reason, cut.usage.completion_tokens], ['length', 3]);
    const several = await ask('Tell me about rain.', { n: 2, temperature: 1, seed: 1, max_tokens: 8 });
    assert.equal(several.choices.length, 2);
    assert.notEqual(several.choices[0]?.message.content, several.choices[1]?.message.content);
  });

  it('refuses in vLLM’s form what it cannot do', async () => {
    const refusals: readonly (readonly [object, number, RegExp])[] = [
      [{ ...said('a'), model: 'other' }, 404, /does not exist/],
      [{ messages: [] }, 400, /validation error/],
      [said('word '.repeat(2_000)), 400, /maximum context length/],
      [{ ...said('a'), max_tokens: 5_000 }, 400, /cannot be greater/],
      [{ ...said('a'), stream: true }, 400, /does not stream/],
    ];
    for (const [body, status, message] of refusals) {
      const response = await post(body);
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.match(text, message);
    }
  });

  it('stops generating for a client that has gone', async () => {
    const gone = new AbortController();
    const asked = post({ ...said('Tell me everything about rain.'), max_tokens: 900 }, gone.signal);
    while (engine.load === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    gone.abort();
    await assert.rejects(asked);
    while (engine.load > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('is asked by the client of the pipeline like any other server', async () => {
    const models = createModelClient({ embeddedUrl: undefined, apiKey: () => undefined, log: silentLog });
    try {
      const loaded = await loadSettings(packageRoot, { endpoint: server.endpoint, model: 'smollm2' });
      assert.ok(loaded.ok);
      const { mainModel } = loaded.value;
      const { text, finishReason } = await models.chat({
        role: 'main_model',
        config: { ...mainModel, sampling: { ...mainModel.sampling, temperature: 0, maxTokens: 200 } },
        messages: [{ role: 'user', content: 'Which city is the capital of France?' }],
        seed: 1,
        signal: new AbortController().signal,
      });
      assert.match(text, /France/);
      assert.equal(finishReason, 'stop');
    } finally {
      await models.close();
    }
  });
});
