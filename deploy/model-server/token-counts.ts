/** `/tokenize` of the embedded server. */
import { isFields } from '../../definitions/documents/fields.ts';
import { parseChatRequest, parseCompletionRequest, type Served } from './chat-request.ts';
import { countTokens, tokenize } from './world/tokens.ts';

/** What `/tokenize` says of a prompt or of messages. Throws `ApiError` as vLLM refuses it. */
export function tokenCounts(body: unknown, served: Served<unknown>): object {
  const isChat = isFields(body) && 'messages' in body;
  const { prompts } = isChat ? parseChatRequest(body, served) : parseCompletionRequest(body, served);
  const tokens = prompts.flatMap((messages) => messages.flatMap(({ content }) => tokenize(content)));
  const count = isChat ? countTokens(prompts[0] ?? []) : tokens.length;
  // There is no vocabulary: a token's number is its place.
  return {
    count,
    max_model_len: served.maxModelLen,
    tokens: tokens.map((_, index) => index),
    token_strs: tokens,
  };
}
