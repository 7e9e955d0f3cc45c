/** From an HTTP answer that is no success to the error that it means. */
import type { ModelConfig } from '../../../configs/settings/types.ts';
import { ModelError } from '../model-error.ts';
import type { ModelErrorCode } from '../retry-rules.ts';
import type { HttpAnswer } from './post.ts';
import { cleanSentence } from './clean-sentence.ts';
import { parseErrorBody, type ServerComplaint } from './response.ts';
import { parseRetryAfter } from './retry-delay.ts';

/**
 * Codes or types of errors that last until somebody pays, most of them with the 429 of a rate limit
 * (https://help.openai.com/en/articles/5955604-troubleshooting-api-rate-limits-and-429-errors).
 */
const BILLING: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_usage_limit_exceeded',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'billing_not_active',
]);

/**
 * The error that an answer means which is no success, be it by its status or by what stands in it.
 * @param model what was asked for, for the advice where that is at fault.
 * @param secret the API key, which a server may repeat in its message.
 * @param complaint what the server says, where that is not the whole body.
 */
export function refusal(
  endpoint: string,
  model: ModelConfig,
  answer: Pick<HttpAnswer, 'status' | 'text' | 'retryAfter'>,
  secret: string | undefined,
  complaint: ServerComplaint = parseErrorBody(answer.text),
): ModelError {
  const code = codeOf(answer.status, complaint);
  const said = cleanSentence(complaint.message, secret);
  const retryAfterMs = parseRetryAfter(answer.retryAfter, Date.now());
  return new ModelError(
    code,
    endpoint,
    `${endpoint} answered ${answer.status}: ${said}${adviceOn(code, endpoint, model)}`,
    { status: answer.status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

/** What would be right, where trying again never is. */
function adviceOn(code: ModelErrorCode, endpoint: string, { name, apiKeyEnv }: ModelConfig): string {
  if (code === 'NO_SUCH_MODEL')
    return ` (asked for '${name}'): make model.name one of those that ${endpoint}/models lists, and endpoints end in /v1`;
  if (code === 'QUOTA_EXHAUSTED') {
    const whose = apiKeyEnv === undefined ? '' : ` of the key in ${apiKeyEnv}`;
    return `: the account${whose} has nothing left to spend; add credit or raise its limit, then \`prose retry\` goes on`;
  }
  if (code !== 'UNAUTHORIZED') return '';
  return apiKeyEnv === undefined
    ? ': name the environment variable that holds its API key in model.apiKeyEnv'
    : `: the worker's environment variable ${apiKeyEnv} must hold a key that is good for '${name}'`;
}

function codeOf(status: number, error: ServerComplaint): ModelErrorCode {
  if (status === 402 || isUnpaid(error)) return 'QUOTA_EXHAUSTED';
  if (status === 401 || (status === 400 && isKeyRefused(error))) return 'UNAUTHORIZED';
  if (isFiltered(error)) return 'PROMPT_FILTERED';
  if (status === 403) return 'UNAUTHORIZED';
  if (status === 404 || (status < 500 && isModelUnknown(error))) return 'NO_SUCH_MODEL';
  if (status === 408) return 'TIMEOUT';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 413 || isTooLong(error)) return 'PROMPT_TOO_LONG';
  // 409 is what OpenAI answers to a lock that was not to be had, 424 TGI where generating failed, 425 a server that is not ready.
  if (status === 409 || status === 424 || status === 425 || status >= 500 || status < 400)
    return 'SERVER_ERROR';
  return 'BAD_REQUEST';
}

/** OpenAI's codes; Anthropic says it with a 400. */
function isUnpaid({ message, code, type }: ServerComplaint): boolean {
  return BILLING.has(code) || BILLING.has(type) || /credit balance is too low/i.test(message);
}

/** Gemini. */
function isKeyRefused({ message }: ServerComplaint): boolean {
  return /^(?:api key not valid|incorrect api key|invalid api key)/i.test(message);
}

/** OpenAI, Mistral, OpenRouter, LiteLLM. */
function isModelUnknown({ message, code, type }: ServerComplaint): boolean {
  return (
    code === 'model_not_found' ||
    type === 'invalid_model' ||
    /^(?:the )?model \S+ (?:does not exist|(?:was |is )?not found)|is not a valid model id|^(?:invalid|unknown) model\b/i.test(
      message,
    )
  );
}

/** Azure, OpenAI, and providers behind OpenRouter. */
function isFiltered({ message, code, type }: ServerComplaint): boolean {
  return (
    /^content_(?:filter|policy_violation)$|^moderation/.test(code) ||
    /content_filter|content_policy/.test(type) ||
    /content management policy|flagged (?:as|by|for)|requires moderation/i.test(message)
  );
}

/** By the parameters, codes and types of vLLM, OpenAI and llama.cpp, and the sentences of others. */
function isTooLong({ message, param, code, type }: ServerComplaint): boolean {
  return (
    param === 'input_tokens' ||
    param === 'input_text' ||
    code === 'context_length_exceeded' ||
    type === 'exceed_context_size_error' ||
    /maximum context length|max_tokens must be at least 1, got 0|available context size|prompt is too long|input token count .* exceeds|tokens? \+ `?max_new_tokens`? must be|prompt contains \d+ tokens/i.test(
      message,
    )
  );
}
