/**
 * What PROSE relies on in a model server, as one suite: run against the real vLLM (`npm run test:vllm`) and against the
 * embedded server (in the ordinary tests), which is how the stand-in is kept true to what it stands in for.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import type { ChatAnswer, ChatCall, ModelClient } from '../../activities/inference/model-client.ts';
import type { RoleConfig } from '../../configs/settings/types.ts';
import { failsWith } from '../activities/inference/with-client.ts';
import { configOf } from './contract-server.ts';
import type { ContractServer } from './contract-server.ts';
import { describeAdapters } from './adapter-contract.ts';
import { describeOpenAiPackage } from './openai-contract.ts';

/** A model that writes anything never ends by itself; one that chooses a word does. */
const words = {
  name: 'word',
  schema: {
    enum: 'loam peat sand clay bark moss silt chalk straw dung ash lime marl turf coir grit root seed leaf stem'.split(
      ' ',
    ),
  },
};
const messages = [{ role: 'user', content: 'How do I choose potting soil?' }] as const;

export interface AskOptions {
  readonly model?: Partial<RoleConfig['model']>;
  readonly sampling?: Partial<RoleConfig['sampling']>;
  /** Whether the model may write what it likes, as long as it likes. Default: it chooses a word. */
  readonly isFree?: boolean;
}

/** Declares the suite. `server` is asked once the tests run. */
export function describeContract(server: () => ContractServer): void {
  let client: ModelClient;
  before(() => {
    const { apiKey } = server();
    const keys = new Map([
      ['SERVER_KEY', apiKey],
      ['WRONG_KEY', 'wrong'],
    ]);
    const log = pino({ level: 'silent' });
    client = createModelClient({ embeddedUrl: undefined, apiKey: (name) => keys.get(name), log });
  });
  after(() => client.close());

  function ask(
    changes: Partial<ChatCall> = {},
    { model = {}, sampling = {}, isFree = false }: AskOptions = {},
  ): Promise<ChatAnswer> {
    const config = configOf(server(), model);
    return client.chat({
      role: 'main_model',
      config: { ...config, sampling: { ...config.sampling, ...sampling } },
      messages,
      seed: 7,
      signal: new AbortController().signal,
      ...(!isFree && { schema: words }),
      ...changes,
    });
  }

  /** A request below `/v1`, with the key. */
  function fetchV1(path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const { url, apiKey } = server();
    return fetch(`${url}/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  describe('calls', () => {
    it('are answered with their tokens counted', async () => {
      const answer = await ask();
      assert.equal(answer.model, server().model);
      assert.equal(answer.finishReason, 'stop');
      assert.ok(answer.completionTokens > 0 && answer.completionTokens <= 24);
      assert.ok(answer.promptTokens > 5);
      assert.notEqual(answer.text, '');
      assert.equal(answer.requests, 1);
    });

    it('with the same seed have the same answer, with another one another', async () => {
      const [one, same, ...others] = await Promise.all([
        ask(),
        ask(),
        ...[8, 9, 10, 11].map((seed) => ask({ seed })),
      ]);
      assert.equal(one.text, same.text);
      assert.ok(others.some(({ text }) => text !== one.text));
    });

    it('of a JSON schema are answered in it', async () => {
      const schema = { name: 'colour', schema: { enum: ['red', 'green'] } };
      const answer = await ask({ schema }, { sampling: { maxTokens: 100 } });
      assert.ok(['"red"', '"green"'].includes(answer.text), answer.text);
      assert.equal(answer.finishReason, 'stop');
    });

    it('of a JSON schema that run out of tokens fail as such', async () => {
      const properties = { a: { type: 'integer' }, b: { type: 'string', minLength: 50 } };
      const schema = { type: 'object', required: ['a', 'b'], additionalProperties: false, properties };
      await assert.rejects(
        ask({ schema: { name: 'cut', schema } }, { sampling: { maxTokens: 4 } }),
        failsWith('CUT_OFF'),
      );
    });

    it('have log-probabilities of their tokens, with the alternatives asked for', async () => {
      const schema = { name: 'colour', schema: { enum: ['red', 'green'] } };
      const { text, logprobs } = await ask({ topLogprobs: 5, schema });
      assert.ok(logprobs !== null);
      // The text is without the special tokens at its end.
      assert.ok(
        logprobs
          .map(({ token }) => token)
          .join('')
          .startsWith(text),
      );
      for (const { logprob, top } of logprobs) {
        assert.ok(logprob <= 0);
        assert.ok(top.length >= 1 && top.length <= 6);
      }
    });

    it('to a model that is not served fail as such', () =>
      assert.rejects(ask({}, { model: { name: 'nobody' } }), failsWith('NO_SUCH_MODEL')));

    it('with a prompt that is too long fail as such', async () => {
      const list = (await (await fetchV1('/models')).json()) as { data: { max_model_len: number }[] };
      const room = list.data[0]?.max_model_len ?? 0;
      assert.ok(room > 0);
      const content = 'soil '.repeat(room + 1);
      await assert.rejects(ask({ messages: [{ role: 'user', content }] }), failsWith('PROMPT_TOO_LONG'));
    });

    it('with values out of range fail as such', () =>
      assert.rejects(ask({}, { sampling: { temperature: 3 } }), failsWith('BAD_REQUEST')));

    it('with a wrong API key fail as such, and nothing tells the key', () =>
      assert.rejects(
        ask({}, { model: { apiKeyEnv: 'WRONG_KEY' } }),
        failsWith('UNAUTHORIZED', ({ message }) => !message.includes('wrong')),
      ));

    it('that are aborted stop on the server', async () => {
      const controller = new AbortController();
      const calls = Array.from({ length: 60 }, (_, seed) =>
        ask({ seed, signal: controller.signal }, { sampling: { maxTokens: 400 }, isFree: true }),
      );
      const ends = Promise.allSettled(calls);
      await until(async () => (await requestsOn(server())) > 0);
      controller.abort(new Error('given up'));
      const aborted = (await ends).filter(({ status }) => status === 'rejected');
      assert.ok(aborted.length > 0);
      await until(async () => (await requestsOn(server())) === 0);
    });

    it('reach a server that has just closed the connection they would have used', async function () {
      this.timeout(60_000);
      // vLLM closes an idle connection after 5 s. Each lane leaves its own for a time about that.
      const idleMs = [4600, 4800, 4900, 4950, 5000, 5020, 5050, 5100];
      const lane = async (idle: number, seed: number): Promise<number> => {
        await ask({ seed });
        await sleep(idle);
        return (await ask({ seed })).requests;
      };
      assert.deepEqual(
        await Promise.all(idleMs.map(lane)),
        idleMs.map(() => 1),
      );
    });
  });

  describe('the HTTP API', () => {
    it('refuses a request without the key in a form of its own', async () => {
      const response = await fetch(`${server().url}/v1/models`);
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { error: 'Unauthorized' });
    });

    it('refuses malformed JSON and unknown paths', async () => {
      const malformed = await fetchV1('/chat/completions', '{"model":');
      const body = (await malformed.json()) as { error: { code: number; type: string } };
      assert.equal(malformed.status, 400);
      assert.deepEqual([body.error.code, body.error.type], [400, 'Bad Request']);
      const unknown = await fetchV1('/nothing');
      assert.equal(unknown.status, 404);
      assert.deepEqual(await unknown.json(), { detail: 'Not Found' });
    });

    it('completes prompts, 16 tokens each unless more are asked for', async () => {
      const prompt = ['Potting soil is', 'Rye flour is'];
      const response = await fetchV1('/completions', { model: server().model, prompt, seed: 1, logprobs: 1 });
      const body = (await response.json()) as {
        object: string;
        choices: { index: number; text: string; logprobs: { tokens: string[] } }[];
        usage: { completion_tokens: number };
      };
      assert.equal(body.object, 'text_completion');
      assert.deepEqual(
        body.choices.map(({ index }) => index),
        [0, 1],
      );
      for (const { logprobs } of body.choices) assert.ok(logprobs.tokens.length <= 16);
      assert.ok(body.usage.completion_tokens <= 32);
    });

    it('streams the answer that it gives whole otherwise', async () => {
      const body = { model: server().model, messages, temperature: 0, seed: 1, max_tokens: 12 };
      const whole = (await (await fetchV1('/chat/completions', body)).json()) as {
        choices: { message: { content: string } }[];
      };
      const response = await fetchV1('/chat/completions', {
        ...body,
        stream: true,
        stream_options: { include_usage: true },
      });
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      const events = eventsOf(await response.text());
      assert.equal(events.at(-1), '[DONE]');
      const chunks = events.slice(0, -1).map((data) => JSON.parse(data) as Chunk);
      const deltas = chunks.flatMap(({ choices }) => choices);
      assert.equal(deltas[0]?.delta.role, 'assistant');
      assert.equal(
        deltas.map(({ delta }) => delta.content ?? '').join(''),
        whole.choices[0]?.message.content,
      );
      assert.equal(deltas.at(-1)?.finish_reason, 'length');
      assert.equal(chunks.at(-1)?.usage?.completion_tokens, 12);
    });

    it('takes stream options of streams only', async () => {
      const body = { model: server().model, messages, stream_options: { include_usage: true } };
      assert.equal((await fetchV1('/chat/completions', body)).status, 400);
    });

    it('has pages for health, version, load, tokens and metrics', async () => {
      const { url, model } = server();
      assert.equal((await fetch(`${url}/health`)).status, 200);
      assert.match(
        ((await (await fetch(`${url}/version`)).json()) as { version: string }).version,
        /^0\.32\.0/,
      );
      assert.deepEqual(await (await fetch(`${url}/load`)).json(), { server_load: 0 });
      const tokenized = await fetch(`${url}/tokenize`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, prompt: 'potting soil' }),
      });
      const { count, tokens } = (await tokenized.json()) as { count: number; tokens: number[] };
      assert.ok(count > 0);
      assert.equal(tokens.length, count);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      for (const name of ['num_requests_running', 'num_requests_waiting', 'generation_tokens_total']) {
        assert.match(metrics, new RegExp(`^vllm:${name}\\{.*model_name="${model}".*\\} \\d`, 'm'));
      }
    });
  });

  describeAdapters(server, ask);
  describeOpenAiPackage(server);
}

interface Chunk {
  readonly choices: readonly {
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly completion_tokens: number };
}

/** The data of server-sent events. */
function eventsOf(text: string): string[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice('data: '.length));
}

/** Requests that the server's metrics say are running or waiting. */
async function requestsOn({ url }: ContractServer): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const values = [...metrics.matchAll(/^vllm:num_requests_(?:running|waiting)\{[^}]*\} (\S+)/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Waits until something is so; the test's own timeout ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}
