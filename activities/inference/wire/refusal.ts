/** From an HTTP answer that is no success to the error that it means. */
import type { ModelConfig } from '../../../configs/settings/types.ts';
import { ModelError, type ModelErrorCode } from '../model-error.ts';
import type { HttpAnswer } from './post.ts';
import type { Feature } from './request-body.ts';
import { parseErrorBody, type ServerComplaint } from './response.ts';
import { parseRetryAfter } from './retry-policy.ts';

/** Longest part of a server's message that is passed on. */
const MESSAGE_LENGTH = 500;
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
 * @param model what was asked for, for the advice where that is at fault.
 * @param secret the API key, which a server may repeat in its message.
 */
export function refusal(
  endpoint: string,
  model: ModelConfig,
  answer: HttpAnswer,
  secret: string | undefined,
): ModelError {
  const error = parseErrorBody(answer.text);
  const code = codeOf(answer.status, error);
  const said = secret === undefined ? error.message : error.message.replaceAll(secret, '[API key]');
  const retryAfterMs = parseRetryAfter(answer.retryAfter, Date.now());
  return new ModelError(
    code,
    endpoint,
    `${endpoint} answered ${answer.status}: ${said.slice(0, MESSAGE_LENGTH)}${adviceOn(code, endpoint, model)}`,
    { status: answer.status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

/** The part of a request that a 400 complains of, if it is one that can be left out. */
export function refusedFeature(answer: HttpAnswer): Feature | undefined {
  if (answer.status !== 400 && answer.status !== 422) return undefined;
  const { message, param } = parseErrorBody(answer.text);
  const complaint = `${param} ${message}`;
  if (/response_format|json_schema|structured.?output/i.test(complaint)) return 'response_format';
  return /logprobs/i.test(complaint) ? 'logprobs' : undefined;
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
  if (status === 402 || BILLING.has(error.code) || BILLING.has(error.type)) return 'QUOTA_EXHAUSTED';
  if (status === 401 || status === 403) return 'UNAUTHORIZED';
  if (status === 404) return 'NO_SUCH_MODEL';
  if (status === 408) return 'TIMEOUT';
  if (status === 429) return 'RATE_LIMITED';
  // 409 is what OpenAI answers to a lock that was not to be had.
  if (status === 409 || status >= 500 || status < 400) return 'SERVER_ERROR';
  return isTooLong(error) ? 'PROMPT_TOO_LONG' : 'BAD_REQUEST';
}

/** By vLLM's messages and parameters, and OpenAI's code. */
function isTooLong({ message, param, code }: ServerComplaint): boolean {
  return (
    param === 'input_tokens' ||
    param === 'input_text' ||
    code === 'context_length_exceeded' ||
    /maximum context length|max_tokens must be at least 1, got 0/i.test(message)
  );
}
