/** How the servers that people use differ from one another. */
import { withChoice, type Dialect, type Fields } from './dialect-server.ts';

const THOUGHT = 'They want {"something": 1}. Let me think about it.';

/** OpenAI's refusal of a field, or of its value. */
const openai = (code: string, param: string, message: string): { status: number; body: unknown } => ({
  status: 400,
  body: { error: { message, type: 'invalid_request_error', param, code } },
});

/** The first field that a request has of those named. */
const has = (body: Fields, ...fields: readonly string[]): string | undefined =>
  fields.find((field) => body[field] !== undefined);

/** Mistral's refusal, in the form of pydantic. */
const forbidden = (field: string): { status: number; body: unknown } => ({
  status: 422,
  body: {
    detail: [
      { type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs are not permitted', input: 1 },
    ],
  },
});

export const dialects: { readonly [name: string]: Dialect } = {
  "OpenAI's reasoning models": {
    refuse(body) {
      if (has(body, 'max_tokens'))
        return openai(
          'unsupported_parameter',
          'max_tokens',
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        );
      if (body['temperature'] !== undefined && body['temperature'] !== 1)
        return openai(
          'unsupported_value',
          'temperature',
          `Unsupported value: 'temperature' does not support ${Number(body['temperature'])} with this model. Only the default (1) value is supported.`,
        );
      if (has(body, 'top_p'))
        return openai(
          'unsupported_parameter',
          'top_p',
          "Unsupported parameter: 'top_p' is not supported with this model.",
        );
      if (has(body, 'logprobs'))
        return openai('', '', 'You are not allowed to request logprobs from this model');
      return undefined;
    },
    say: (completion) => ({
      ...completion,
      usage: { ...completion.usage, completion_tokens_details: { reasoning_tokens: 5 } },
      system_fingerprint: null,
    }),
  },
  OpenRouter: {
    say: (completion) => ({
      ...withChoice(completion, {
        message: {
          refusal: null,
          reasoning: THOUGHT,
          reasoning_details: [{ type: 'reasoning.text', text: THOUGHT }],
        },
      }),
      provider: 'Some',
    }),
  },
  Ollama: {
    // Fields that it does not know are passed over.
    say: (completion) =>
      withChoice(
        { ...completion, choices: [{ ...completion.choices[0], logprobs: undefined }] },
        { message: { reasoning: THOUGHT } },
      ),
  },
  'llama.cpp': {
    refuse: (body) =>
      typeof body['temperature'] === 'number' && body['grammar'] !== undefined
        ? { status: 400, body: { error: { code: 400, message: 'grammar', type: 'invalid_request_error' } } }
        : undefined,
    say: (completion) => ({
      ...withChoice(completion, { message: { reasoning_content: THOUGHT } }),
      timings: { prompt_n: 1, predicted_n: 2 },
    }),
  },
  TGI: {
    refuse: (body) =>
      has(body, 'response_format')
        ? {
            status: 422,
            body: {
              error: 'Input validation error: grammar json_schema is not supported',
              error_type: 'validation',
            },
          }
        : undefined,
    say: (completion) => withChoice(completion, { finish_reason: 'eos_token' }),
  },
  Mistral: {
    refuse(body) {
      const field = has(body, 'seed', 'logprobs', 'top_logprobs');
      return field === undefined ? undefined : forbidden(field);
    },
    understand: ({ random_seed: seed, ...body }) => ({ ...body, seed }),
    say: (completion) =>
      withChoice(completion, {
        message: {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: THOUGHT }] },
            { type: 'text', text: completion.choices[0].message.content },
          ],
        },
      }),
  },
  'Anthropic’s OpenAI-compatible face': {
    refuse: (body) =>
      has(body, 'temperature') && has(body, 'top_p')
        ? openai(
            '',
            '',
            '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
          )
        : undefined,
    say: (completion) => withChoice(completion, { finish_reason: 'end_turn' }),
  },
  'Gemini’s OpenAI-compatible face': {
    refuse: (body) =>
      has(body, 'seed')
        ? {
            status: 400,
            body: [
              {
                error: {
                  code: 400,
                  message: 'Invalid JSON payload received. Unknown name "seed": Cannot find field.',
                  status: 'INVALID_ARGUMENT',
                },
              },
            ],
          }
        : undefined,
    understand: ({ random_seed: seed, ...body }) => ({ ...body, seed }),
    say: (completion) => withChoice(completion, { finish_reason: 'STOP' }),
  },
  'a router whose providers refuse': {
    refuse(body) {
      const field = has(body, 'logprobs', 'top_p');
      if (field === undefined) return undefined;
      const raw = JSON.stringify({
        error: {
          message: `Unsupported parameter: '${field}' is not supported with this model.`,
          type: 'invalid_request_error',
          param: field,
          code: 'unsupported_parameter',
        },
      });
      const message = 'Provider returned error';
      return {
        status: 400,
        body: { error: { message, code: 400, metadata: { raw, provider_name: 'Some' } }, user_id: 'u' },
      };
    },
    say: (completion) => completion,
  },
  'vLLM with a template that knows no system message': {
    refuse: ({ messages }) =>
      (messages as readonly Fields[]).some(({ role }) => role === 'system')
        ? { status: 400, body: { error: { message: 'System role not supported', type: 'BadRequestError' } } }
        : undefined,
    say: (completion) => completion,
  },
  'vLLM without a reasoning parser': {
    say: (completion) =>
      withChoice(completion, {
        message: { content: `<think>\n${THOUGHT}\n</think>\n\n${completion.choices[0].message.content}` },
      }),
  },
  'vLLM with a template that opens the thinking': {
    say: (completion) =>
      withChoice(completion, {
        message: { content: `${THOUGHT}\n</think>\n\n${completion.choices[0].message.content}` },
      }),
  },
  'vLLM with a reasoning parser': {
    say: (completion) => withChoice(completion, { message: { reasoning: THOUGHT } }),
  },
  'a server that counts no tokens': {
    say: (completion) => ({ ...completion, usage: null }),
  },
};
