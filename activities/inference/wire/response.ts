/** What servers answer: a chat completion, or an error in one of several shapes. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { TokenLogprob } from '../model-client.ts';

/** The parts of a chat completion that are used. */
export interface Completion {
  readonly text: string;
  readonly finishReason: string;
  readonly logprobs: readonly TokenLogprob[] | null;
  /** Undefined where the server does not say. */
  readonly model: string | undefined;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The first choice of a chat completion; undefined if the text is none. Token counts that are missing are 0. */
export function parseCompletion(text: string): Completion | undefined {
  const body = parseJson(text);
  if (!isFields(body) || !Array.isArray(body['choices'])) return undefined;
  const choice: unknown = body['choices'][0];
  if (!isFields(choice) || !isFields(choice['message'])) return undefined;
  const content = choice['message']['content'];
  // Null is what a server sends when all tokens went into reasoning or a refusal.
  if (typeof content !== 'string' && content !== null) return undefined;
  const usage = isFields(body['usage']) ? body['usage'] : {};
  return {
    text: content ?? '',
    finishReason: typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : 'unknown',
    logprobs: parseLogprobs(choice['logprobs']),
    model: typeof body['model'] === 'string' ? body['model'] : undefined,
    promptTokens: tokenCount(usage['prompt_tokens']),
    completionTokens: tokenCount(usage['completion_tokens']),
  };
}

/** What a server says is wrong. */
export interface ServerComplaint {
  readonly message: string;
  readonly param: string;
  readonly type: string;
  readonly code: string;
}

/** The complaint in vLLM's and OpenAI's error JSON, `{"error": "…"}`, `{"detail": "…"}` or plain text. */
export function parseErrorBody(text: string): ServerComplaint {
  const body = parseJson(text);
  const error = isFields(body) ? (body['error'] ?? body['detail']) : undefined;
  if (isFields(error)) {
    return {
      message: asText(error['message']),
      param: asText(error['param']),
      type: asText(error['type']),
      code: asText(error['code']),
    };
  }
  return { message: typeof error === 'string' ? error : text, param: '', type: '', code: '' };
}

function parseLogprobs(logprobs: unknown): TokenLogprob[] | null {
  if (!isFields(logprobs) || !Array.isArray(logprobs['content'])) return null;
  const tokens: TokenLogprob[] = [];
  for (const entry of logprobs['content'] as unknown[]) {
    const token = parseToken(entry);
    if (token === undefined || !isFields(entry)) return null;
    const top: unknown[] = Array.isArray(entry['top_logprobs']) ? entry['top_logprobs'] : [];
    tokens.push({ ...token, top: top.map(parseToken).filter((alternative) => alternative !== undefined) });
  }
  return tokens;
}

function parseToken(entry: unknown): { readonly token: string; readonly logprob: number } | undefined {
  if (!isFields(entry)) return undefined;
  const { token, logprob } = entry;
  return typeof token === 'string' && typeof logprob === 'number' ? { token, logprob } : undefined;
}

function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
