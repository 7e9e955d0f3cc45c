/** What an answer cost in tokens: as the server counts, else estimated. */
import { isFields } from '../../../definitions/documents/fields.ts';
import type { Message } from '../model-client.ts';
import type { PaidTokens } from '../model-error.ts';
import type { MessageContent } from './message-content.ts';

/** UTF-8 bytes per token: right within a third for English, and for scripts whose characters take three bytes. */
const BYTES_PER_TOKEN = 4;
/** Tokens of a chat template around each message. */
export const TOKENS_PER_MESSAGE = 4;

/** Counts by the `usage` of an answer; where it has none, or one without counts, by the length of the texts. */
export function countTokens(
  usage: unknown,
  messages: readonly Message[],
  { text, thinking }: Pick<MessageContent, 'text' | 'thinking'>,
): PaidTokens {
  const fields = isFields(usage) ? usage : {};
  const [prompt, counted] = [tokenCount(fields['prompt_tokens']), tokenCount(fields['completion_tokens'])];
  // Some, as xAI and Gemini, count thoughts in the total alone.
  const unnamed = (tokenCount(fields['total_tokens']) ?? 0) - (prompt ?? 0);
  const completion = counted === undefined ? undefined : Math.max(counted, unnamed);
  // No prompt is empty: a count of 0 is none.
  const areEstimated = prompt === undefined || completion === undefined || prompt === 0;
  const completionTokens = areEstimated ? estimateTokens(text) + estimateTokens(thinking ?? '') : completion;
  return {
    promptTokens: areEstimated ? estimateMessages(messages) : prompt,
    completionTokens,
    thinkingTokens: thinkingTokens(fields, text, thinking, completionTokens),
    tokensAreEstimated: areEstimated,
  };
}

function thinkingTokens(
  usage: { readonly [field: string]: unknown },
  text: string,
  thinking: string | null,
  completionTokens: number,
): number {
  const details = usage['completion_tokens_details'];
  const counted = tokenCount(isFields(details) ? details['reasoning_tokens'] : usage['reasoning_tokens']);
  if (counted !== undefined && (counted > 0 || thinking === null)) return counted;
  return shareOfThinking(completionTokens, text, thinking);
}

/** Tokens of the thinking among those of the completion, where nobody counts them apart. */
export function shareOfThinking(completionTokens: number, text: string, thinking: string | null): number {
  if (thinking === null) return 0;
  return Math.round((completionTokens * thinking.length) / (thinking.length + text.length));
}

/** Estimated tokens of a prompt. */
function estimateMessages(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + TOKENS_PER_MESSAGE + estimateTokens(content), 0);
}

/** Tokens of a text, told by its length. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Some gateways write counts as texts. */
function tokenCount(given: unknown): number | undefined {
  const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
