import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_BODY_BYTES } from '../../../deploy/model-server/http-body.ts';
import { startModelServer } from '../../../deploy/model-server/server.ts';
import type { ModelServer } from '../../../deploy/model-server/server.ts';
import { ask, chat, jsonOf, judgeMessages, messagesOf, post, scoreSchema } from './support.ts';
import type { ErrorResponse } from './support.ts';

const prompt = 'How do I choose potting soil? Give one example.';

describe('model server', () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer();
  });
  after(() => server.close());

  async function refusal(body: unknown): Promise<readonly [number, ErrorResponse['error']]> {
    const response = await post(server, body);
    const { error } = await jsonOf<ErrorResponse>(response);
    return [response.status, error];
  }

  describe('answers', () => {
    it('say in header, fingerprint and model list that they are simulated', async () => {
      const response = await post(server, ask(prompt));
      assert.equal(response.headers.get('prose-simulated'), 'true');
      const body = await jsonOf<{ readonly system_fingerprint: string }>(response);
      assert.match(body.system_fingerprint, /^prose-simulated-/);
      const list = await jsonOf<{
        readonly data: readonly { readonly id: string; readonly owned_by: string }[];
      }>(await fetch(`${server.endpoint}/models`));
      assert.deepEqual(
        list.data.map(({ id }) => id),
        [
          'simulated',
          'simulated-base-prompt',
          'simulated-variation',
          'simulated-main',
          'simulated-validator-1',
          'simulated-validator-2',
          'simulated-validator-3',
          'simulated-prompt-optimizer',
        ],
      );
      assert.ok(list.data.every(({ owned_by }) => owned_by === 'prose-simulated'));
    });

    it('have the keys of a vLLM chat response and add their tokens up', async () => {
      const body = await chat(server, ask(prompt));
      assert.deepEqual(Object.keys(body.choices[0] ?? {}), [
        'index',
        'message',
        'logprobs',
        'finish_reason',
        'stop_reason',
        'token_ids',
        'routed_experts',
      ]);
      assert.equal(body.choices[0]?.finish_reason, 'stop');
      assert.equal(body.usage.total_tokens, body.usage.prompt_tokens + body.usage.completion_tokens);
      assert.ok(body.usage.completion_tokens > 20);
    });

    it('are the same for the same request and differ by seed', async () => {
      const [first, again, other] = await Promise.all([
        chat(server, ask(prompt, 1)),
        chat(server, ask(prompt, 1)),
        chat(server, ask(prompt, 2)),
      ]);
      assert.deepEqual(first.choices, again.choices);
      assert.notEqual(first.choices[0]?.message.content, other.choices[0]?.message.content);
    });

    it('do not depend on the seed at temperature 0', async () => {
      const [one, two] = await Promise.all([
        chat(server, { ...ask(prompt, 1), temperature: 0 }),
        chat(server, { ...ask(prompt, 2), temperature: 0 }),
      ]);
      assert.deepEqual(one.choices, two.choices);
    });

    it('are cut at max_tokens with finish_reason length', async () => {
      const whole = await chat(server, ask(prompt));
      const cut = await chat(server, { ...ask(prompt), max_tokens: 7 });
      assert.equal(cut.choices[0]?.finish_reason, 'length');
      assert.equal(cut.usage.completion_tokens, 7);
      assert.ok(whole.choices[0]?.message.content.startsWith(cut.choices[0].message.content));
    });

    it('end before a stop string', async () => {
      const { choices } = await chat(server, { ...ask(prompt), stop: ['.'] });
      assert.equal(choices[0]?.stop_reason, '.');
      assert.ok(!choices[0].message.content.includes('.'));
    });

    it('come n at a time, different and in order', async () => {
      const { choices } = await chat(server, { ...ask(prompt), n: 3 });
      assert.deepEqual(
        choices.map(({ index }) => index),
        [0, 1, 2],
      );
      assert.equal(new Set(choices.map(({ message }) => message.content)).size, 3);
    });

    it('to /v1/completions stop at 16 tokens unless more are asked for', async () => {
      const response = await fetch(`${server.endpoint}/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'simulated-main',
          prompt: [prompt, 'What is rye flour?'],
          n: 2,
          logprobs: 1,
        }),
      });
      const body = await jsonOf<{
        readonly object: string;
        readonly choices: readonly {
          readonly index: number;
          readonly logprobs: { readonly tokens: unknown[] };
        }[];
      }>(response);
      assert.equal(body.object, 'text_completion');
      assert.deepEqual(
        body.choices.map(({ index }) => index),
        [0, 1, 2, 3],
      );
      assert.ok(body.choices.every(({ logprobs }) => logprobs.tokens.length === 16));
    });

    it('fit the JSON schema that was asked for', async () => {
      const schema = {
        type: 'object',
        properties: {
          kind: { enum: ['a', 'b'] },
          list: { type: 'array', minItems: 2, items: { type: 'integer' } },
        },
      };
      const { choices } = await chat(server, {
        ...ask(prompt),
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
      });
      const value = JSON.parse(choices[0]?.message.content ?? '') as { kind: string; list: number[] };
      assert.match(value.kind, /^[ab]$/);
      assert.ok(value.list.length >= 2 && value.list.every(Number.isInteger), String(value.list));
    });
  });

  describe('validators', () => {
    const body = {
      model: 'simulated-validator-1',
      seed: 1,
      temperature: 0,
      messages: judgeMessages(
        'How do I choose potting soil?',
        'This is about potting soil. Start with the soil.',
      ),
      logprobs: true,
      top_logprobs: 5,
      response_format: { type: 'json_schema', json_schema: { name: 'scores', schema: scoreSchema } },
    };

    it('write the scores first and the reason last', async () => {
      const { choices } = await chat(server, body);
      const scores: { readonly [key: string]: unknown } = JSON.parse(choices[0]?.message.content ?? '');
      assert.deepEqual(Object.keys(scores), scoreSchema.required);
      assert.equal(typeof scores['reason'], 'string');
    });

    it('give each score a token of its own with a distribution over the five levels', async () => {
      const { choices } = await chat(server, body);
      const tokens = choices[0]?.logprobs?.content ?? [];
      assert.equal(tokens.map(({ token }) => token).join(''), choices[0]?.message.content);
      const scores = tokens.filter(({ top_logprobs }) => top_logprobs.length === 5);
      assert.equal(scores.length, 5);
      for (const { token, top_logprobs } of scores) {
        assert.match(token, /^[1-5]$/);
        assert.equal(token, top_logprobs[0]?.token, 'greedy takes the likeliest level');
        const sum = top_logprobs.reduce((total, { logprob }) => total + Math.exp(logprob), 0);
        assert.ok(Math.abs(sum - 1) < 1e-9);
      }
    });
  });

  it('serves all roles under the one name `simulated`', async () => {
    const format = { type: 'json_object' };
    const answerOf = async (messages: readonly object[], isJson = true): Promise<string> => {
      const { choices } = await chat(server, {
        model: 'simulated',
        messages,
        ...(isJson ? { response_format: format } : {}),
      });
      return choices[0]?.message.content ?? '';
    };
    const values = {
      domain: 'gardening',
      topic: 'lawn care',
      count: '3',
      base_prompt: prompt,
      approach: 'x',
      lessons: 'x',
      template: 'x {{input}}',
      failures: '{"answer":"x"}',
      wordings: '<wording number="1">\nx\n</wording>',
    };
    assert.match(await answerOf(messagesOf('base_prompt_input', values, 'topics')), /^\{"topics":\[/);
    assert.match(await answerOf(messagesOf('base_prompt_input', values, 'prompts')), /^\{"prompts":\[/);
    assert.match(await answerOf(messagesOf('prompt_variation_input', values)), /^\{"prompt":"/);
    assert.match(await answerOf(messagesOf('prompt_optimization_model_input', values)), /^\{"prompt":"/);
    assert.match(
      await answerOf(messagesOf('prompt_optimization_model_input', values, 'choice')),
      /^\{"choice": ?1\}/,
    );
    assert.match(
      await answerOf(messagesOf('prompt_optimization_model_input', values, 'instruction')),
      /^\{"instruction":"\w/,
    );
    assert.match(await answerOf(judgeMessages(prompt, 'It depends.')), /^\{"criteria_1": \d/);
    assert.doesNotMatch(await answerOf(messagesOf('main_model_input', { prompt }), false), /^\{/);
  });

  describe('refuses', () => {
    it('an unknown model with 404', async () => {
      const [status, error] = await refusal({ ...ask(prompt), model: 'nope' });
      assert.deepEqual([status, error.code, error.type, error.param], [404, 404, 'NotFoundError', 'model']);
    });

    it('a prompt that is too long, and too many tokens, with 400', async () => {
      const [long, longError] = await refusal(ask('word '.repeat(33_000)));
      assert.deepEqual([long, longError.type, longError.param], [400, 'BadRequestError', 'input_tokens']);
      const [many, manyError] = await refusal({ ...ask(prompt), max_tokens: 40_000 });
      assert.deepEqual([many, manyError.type, manyError.param], [400, 'BadRequestError', 'max_tokens']);
    });

    it('malformed JSON, wrong types and values out of range with 400', async () => {
      const bodies = [
        '{"model":',
        'null',
        { model: 'simulated' },
        { ...ask(prompt), messages: [] },
        { ...ask(prompt), messages: [{ role: 'user', content: 7 }, { role: 'king' }] },
        { ...ask(prompt), temperature: 3 },
        { ...ask(prompt), temperature: 0, n: 2 },
        { ...ask(prompt), max_tokens: 0 },
        { ...ask(prompt), response_format: { type: 'json_schema' } },
        { ...ask(prompt), top_logprobs: 5 },
      ];
      for (const body of bodies) {
        const [status, error] = await refusal(body);
        assert.deepEqual([status, error.type, error.code], [400, 'Bad Request', 400], JSON.stringify(body));
      }
    });

    it('another content type with 400, another path with 404, another method with 405', async () => {
      const url = `${server.endpoint}/chat/completions`;
      const text = await fetch(url, { method: 'POST', body: JSON.stringify(ask(prompt)) });
      assert.equal(text.status, 400);
      assert.deepEqual(await (await fetch(`${server.url}/v2`)).json(), { detail: 'Not Found' });
      assert.equal((await fetch(url)).status, 405);
    });

    it('a body above the size limit with 413', async () => {
      const [status] = await refusal(JSON.stringify(ask('x'.repeat(MAX_BODY_BYTES))));
      assert.equal(status, 413);
    });
  });

  it('answers /health, /version, /metrics, /simulation/world', async () => {
    const health = await fetch(`${server.url}/health`);
    assert.deepEqual([health.status, await health.text()], [200, '']);
    assert.match(await (await fetch(`${server.url}/version`)).text(), /prose-simulated/);
    await chat(server, ask(prompt));
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, /^vllm:num_requests_waiting\{engine="0",model_name="simulated-main"\} 0$/m);
    assert.match(
      metrics,
      /^vllm:request_success_total\{.*model_name="simulated-main",finished_reason="stop"\} [1-9]/m,
    );
    const world = await jsonOf<{
      readonly effect: number;
    }>(await fetch(`${server.url}/simulation/world`));
    assert.equal(world.effect, 1);
  });

  it('never fails, whatever JSON it is sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json(),
          fc
            .record(
              {
                model: fc.constantFrom(
                  'simulated',
                  'simulated-main',
                  'simulated-validator-3',
                  '__proto__',
                  '',
                ),
                messages: fc.array(
                  fc.record({
                    role: fc.constantFrom('user', 'system'),
                    content: fc.string({ unit: 'binary' }),
                  }),
                  { minLength: 1 },
                ),
                response_format: fc.record({
                  type: fc.constant('json_schema'),
                  json_schema: fc.record({
                    schema: fc.object({
                      key: fc.constantFrom('type', 'properties', 'items', 'enum', 'minItems', 'constructor'),
                    }),
                  }),
                }),
                n: fc.oneof(fc.nat(20), fc.anything()),
                stop: fc.anything(),
              },
              { requiredKeys: ['model', 'messages'] },
            )
            .map((value) => JSON.stringify(value)),
        ),
        async (body) => {
          const response = await post(server, body);
          await response.text();
          assert.ok(response.status === 200 || response.status === 400 || response.status === 404, body);
        },
      ),
      { numRuns: 200 },
    );
  });
});
