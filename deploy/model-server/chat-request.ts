/** Reads the bodies of `/v1/chat/completions` and `/v1/completions`: checked, with vLLM's defaults and refusals. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { isFields } from '../../definitions/documents/fields.ts';
import type { JsonSchema } from '../../definitions/model/types.ts';
import { ApiError } from './api-error.ts';

/** vLLM's default of `max_tokens` for `/v1/completions`. */
const COMPLETION_MAX_TOKENS = 16;

/** A checked request of either kind, to a model of the server's own type. */
export interface ModelRequest<Model> {
  /** Who answers. */
  readonly model: Model;
  /** The name it answers by: its own, or that of an adapter. */
  readonly servedAs: string;
  /** One list of messages per prompt; a chat has one. */
  readonly prompts: readonly (readonly Message[])[];
  /** Tokens of all prompts. */
  readonly promptTokens: number;
  /** Longest answer to any prompt, in tokens. */
  readonly maxTokens: number;
  readonly n: number;
  /** Default 1. */
  readonly temperature: number;
  /** Default 1. */
  readonly topP: number;
  readonly seed?: number;
  readonly stop: readonly string[];
  readonly logprobs: boolean;
  /** Alternatives per token, 0 to 20. */
  readonly topLogprobs: number;
  readonly asksForJson: boolean;
  readonly schema?: JsonSchema;
  /** Whether the answer is sent as server-sent events, and with the token counts at their end. */
  readonly stream: { readonly withUsage: boolean } | undefined;
}

/** What a request is checked against. */
export interface Served<Model> {
  /** The model that is asked by this name, adapters included. */
  find(name: string): { readonly model: Model; readonly servedAs: string } | undefined;
  /** Of the models, to be told; the first one is asked where no name is given. */
  readonly names: readonly string[];
  /** Tokens of prompt and answer together. */
  readonly maxModelLen: number;
  countTokens(messages: readonly Message[]): number;
}

export interface Message {
  readonly role: string;
  readonly content: string;
}

interface RawRequest {
  readonly model?: string | null;
  readonly n?: number | null;
  readonly seed?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly max_tokens?: number | null;
  readonly max_completion_tokens?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean | null } | null;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly schema: JsonSchema };
  } | null;
}
interface RawChat extends RawRequest {
  readonly messages: readonly { readonly role: string; readonly content?: RawContent }[];
  readonly logprobs?: boolean | null;
  readonly top_logprobs?: number | null;
}
interface RawCompletion extends RawRequest {
  readonly prompt: string | readonly string[];
  readonly logprobs?: number | null;
}
type RawContent = string | readonly { readonly text?: string }[] | null;

const optionalNumber = (minimum: number, maximum: number): JsonSchema => ({
  type: ['number', 'null'],
  minimum,
  maximum,
});
const optionalInteger = (minimum: number, maximum: number): JsonSchema => ({
  type: ['integer', 'null'],
  minimum,
  maximum,
});

const requestProperties: JsonSchema = {
  model: { type: ['string', 'null'] },
  n: optionalInteger(1, 16),
  seed: { type: ['integer', 'null'] },
  temperature: optionalNumber(0, 2),
  top_p: { type: ['number', 'null'], exclusiveMinimum: 0, maximum: 1 },
  max_tokens: optionalInteger(1, Number.MAX_SAFE_INTEGER),
  max_completion_tokens: optionalInteger(1, Number.MAX_SAFE_INTEGER),
  stop: { anyOf: [{ type: ['string', 'null'] }, { type: 'array', maxItems: 4, items: { type: 'string' } }] },
  stream: { type: ['boolean', 'null'] },
  stream_options: { type: ['object', 'null'], properties: { include_usage: { type: ['boolean', 'null'] } } },
  response_format: {
    type: ['object', 'null'],
    required: ['type'],
    properties: {
      type: { enum: ['text', 'json_object', 'json_schema'] },
      json_schema: { type: 'object', required: ['schema'], properties: { schema: { type: 'object' } } },
    },
    if: { type: 'object', properties: { type: { const: 'json_schema' } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { type: ['object', 'null'], required: ['json_schema'] },
  },
};

const contentSchema: JsonSchema = {
  anyOf: [
    { type: ['string', 'null'] },
    {
      type: 'array',
      items: {
        type: 'object',
        required: ['type', 'text'],
        properties: { type: { const: 'text' }, text: { type: 'string' } },
      },
    },
  ],
};

const ajv = new Ajv2020({
  coerceTypes: true,
  allowUnionTypes: true,
  strictRequired: false,
  strictTypes: false,
});
const isRawChat = ajv.compile<RawChat>({
  type: 'object',
  required: ['messages'],
  properties: {
    ...requestProperties,
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['role'],
        properties: {
          role: { enum: ['system', 'developer', 'user', 'assistant', 'tool'] },
          content: contentSchema,
        },
      },
    },
    logprobs: { type: ['boolean', 'null'] },
    top_logprobs: optionalInteger(0, 20),
  },
});
const isRawCompletion = ajv.compile<RawCompletion>({
  type: 'object',
  required: ['prompt'],
  properties: {
    ...requestProperties,
    prompt: {
      anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, maxItems: 1024, items: { type: 'string' } }],
    },
    logprobs: optionalInteger(0, 20),
  },
});

/** Parses a body. Throws `ApiError` `MALFORMED_JSON`. */
export function parseBody(body: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return parsed;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new ApiError('MALFORMED_JSON', `1 validation error:\n  JSON decode error: ${detail}`, 'body');
  }
}

/** Checks a chat request. Throws `ApiError` as vLLM refuses it. */
export function parseChatRequest<Model>(body: unknown, served: Served<Model>): ModelRequest<Model> {
  assertValid(isRawChat, body);
  const topLogprobs = body.top_logprobs ?? 0;
  if (topLogprobs > 0 && body.logprobs !== true) {
    throw new ApiError(
      'INVALID_FIELD',
      'when using `top_logprobs`, `logprobs` must be set to true.',
      'top_logprobs',
    );
  }
  const messages = body.messages.map(({ role, content }) => ({ role, content: textOf(content ?? null) }));
  return requestOf(body, served, {
    prompts: [messages],
    logprobs: body.logprobs === true,
    topLogprobs,
  });
}

/** Checks a completion request: each prompt becomes a user's message. Throws `ApiError` as vLLM refuses it. */
export function parseCompletionRequest<Model>(body: unknown, served: Served<Model>): ModelRequest<Model> {
  assertValid(isRawCompletion, body);
  const prompts = typeof body.prompt === 'string' ? [body.prompt] : body.prompt;
  return requestOf(body, served, {
    prompts: prompts.map((content) => [{ role: 'user', content }]),
    defaultMaxTokens: COMPLETION_MAX_TOKENS,
    logprobs: typeof body.logprobs === 'number',
    topLogprobs: body.logprobs ?? 0,
  });
}

/** What the two kinds of request say each in its own way. */
type OwnParts = Pick<ModelRequest<unknown>, 'prompts' | 'logprobs' | 'topLogprobs'> & {
  /** Absent = all that there is room for. */
  readonly defaultMaxTokens?: number;
};

function requestOf<Model>(raw: RawRequest, served: Served<Model>, own: OwnParts): ModelRequest<Model> {
  const { prompts, logprobs, topLogprobs, defaultMaxTokens } = own;
  const { maxModelLen } = served;
  const { model, servedAs } = modelNamed(raw.model ?? '', served);
  if (raw.stream_options != null && raw.stream !== true) {
    const message = 'Stream options can only be defined when `stream=True`. (parameter=stream_options)';
    throw new ApiError('BAD_STREAM_OPTIONS', message, 'stream_options');
  }
  const temperature = raw.temperature ?? 1;
  const n = raw.n ?? 1;
  if (temperature === 0 && n > 1) {
    throw new ApiError('INVALID_FIELD', `n must be 1 when using greedy sampling, got ${n}.`, 'n');
  }
  const lengths = prompts.map((messages) => served.countTokens(messages));
  const room = maxModelLen - assertPromptFits(Math.max(...lengths), maxModelLen);
  const asked = raw.max_completion_tokens ?? raw.max_tokens ?? defaultMaxTokens ?? room;
  if (asked > maxModelLen) {
    const message = `max_tokens=${asked} cannot be greater than max_model_len=${maxModelLen}. Please request fewer output tokens.`;
    throw new ApiError('TOO_MANY_TOKENS', `${message} (parameter=max_tokens, value=${asked})`, 'max_tokens');
  }
  const format = raw.response_format?.type ?? 'text';
  const schema = format === 'json_schema' ? raw.response_format?.json_schema?.schema : undefined;
  return {
    model,
    servedAs,
    stream: raw.stream === true ? { withUsage: raw.stream_options?.include_usage === true } : undefined,
    prompts,
    promptTokens: lengths.reduce((sum, length) => sum + length, 0),
    maxTokens: Math.min(asked, room),
    n,
    temperature,
    topP: raw.top_p ?? 1,
    ...(typeof raw.seed === 'number' ? { seed: raw.seed } : {}),
    stop: (typeof raw.stop === 'string' ? [raw.stop] : (raw.stop ?? [])).filter((text) => text !== ''),
    logprobs,
    topLogprobs,
    asksForJson: format !== 'text',
    ...(schema === undefined ? {} : { schema }),
  };
}

function modelNamed<Model>(
  name: string,
  served: Served<Model>,
): { readonly model: Model; readonly servedAs: string } {
  const { names } = served;
  const found = served.find(name === '' ? (names[0] ?? '') : name);
  if (found !== undefined) return found;
  const aliases = names.join(', ');
  throw new ApiError(
    'UNKNOWN_MODEL',
    `The model \`${name}\` does not exist. Valid aliases: ${aliases}.`,
    'model',
  );
}

function assertPromptFits(tokenCount: number, maxModelLen: number): number {
  if (tokenCount < maxModelLen) return tokenCount;
  const message = `This model's maximum context length is ${maxModelLen} tokens. However, your prompt contains ${tokenCount} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.`;
  throw new ApiError(
    'PROMPT_TOO_LONG',
    `${message} (parameter=input_tokens, value=${tokenCount})`,
    'input_tokens',
  );
}

function textOf(content: RawContent): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.map(({ text }) => text ?? '').join('\n');
}

function assertValid<T>(isValid: ValidateFunction<T>, body: unknown): asserts body is T {
  if (isValid(body)) return;
  const error = isValid.errors?.[0];
  const field = error?.keyword === 'required' ? `/${String(error.params['missingProperty'])}` : '';
  const location = `body${error?.instancePath ?? ''}${field}`.replaceAll('/', '.');
  const message = `1 validation error:\n  {'type': '${error?.keyword ?? 'value'}', 'loc': '${location}', 'msg': '${error?.message ?? 'invalid'}'}`;
  throw new ApiError('INVALID_FIELD', message, isFields(body) ? location : 'body');
}
