import assert from 'node:assert/strict';
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import type { ContractServer } from './contract-server.ts';

/** The official `openai` package against a server: others' clients must work on it too. */
export function describeOpenAiPackage(server: () => ContractServer): void {
  describe('the openai package', () => {
    let openai: OpenAI;
    let model: string;
    const messages = [{ role: 'user' as const, content: 'What is rye flour?' }];
    before(() => {
      ({ model } = server());
      openai = new OpenAI({ baseURL: `${server().url}/v1`, apiKey: server().apiKey, maxRetries: 0 });
    });

    it('chats, with log-probabilities', async () => {
      const body = { model, messages, seed: 1, max_tokens: 8, logprobs: true, top_logprobs: 3 };
      const { choices, usage } = await openai.chat.completions.create(body);
      assert.equal(choices[0]?.logprobs?.content?.length, 8);
      assert.equal(choices[0].finish_reason, 'length');
      assert.equal(usage?.completion_tokens, 8);
    });

    it('streams', async () => {
      const body = { model, messages, seed: 1, max_tokens: 8 } as const;
      const whole = await openai.chat.completions.create(body);
      const stream = await openai.chat.completions.create({
        ...body,
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      let tokens = 0;
      for await (const { choices, usage } of stream) {
        text += choices[0]?.delta.content ?? '';
        tokens = usage?.completion_tokens ?? tokens;
      }
      assert.equal(text, whole.choices[0]?.message.content);
      assert.equal(tokens, 8);
    });

    it('streams completions', async () => {
      const stream = await openai.completions.create({
        model,
        prompt: 'Rye flour is',
        max_tokens: 5,
        stream: true,
      });
      const reasons: unknown[] = [];
      for await (const { choices } of stream) reasons.push(choices[0]?.finish_reason ?? null);
      // A model of random weights may end before its tokens do.
      assert.ok(['length', 'stop'].includes(String(reasons.pop())));
      assert.ok(reasons.length > 0 && reasons.every((reason) => reason === null));
    });

    it('asks for JSON of a schema', async () => {
      const { choices } = await openai.chat.completions.create({
        model,
        messages,
        max_tokens: 100,
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'grain', schema: { enum: ['rye', 'oat'] } },
        },
      });
      assert.ok(['rye', 'oat'].includes(String(JSON.parse(choices[0]?.message.content ?? ''))));
    });

    it('lists models', async () => {
      const { data } = await openai.models.list();
      assert.ok(data.some(({ id }) => id === model));
    });

    it('meets the errors that it knows', async () => {
      const chat = (changes: object): Promise<unknown> =>
        openai.chat.completions.create({ model, messages, max_tokens: 4, ...changes });
      await assert.rejects(chat({ model: 'nobody' }), NotFoundError);
      await assert.rejects(chat({ temperature: 5 }), BadRequestError);
      const stranger = openai.withOptions({ apiKey: 'wrong' });
      await assert.rejects(stranger.models.list(), AuthenticationError);
    });
  });
}
