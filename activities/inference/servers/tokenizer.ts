/** Tokens of what was said, by the server's own tokenizer: for servers that answer without counting them. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { ChatCall } from '../model-client.ts';
import type { PaidTokens } from '../model-error.ts';
import { jsonHeaders, type Question } from '../wire/exchange.ts';
import { post } from '../wire/post.ts';
import { shareOfThinking, TOKENS_PER_MESSAGE } from '../wire/token-counts.ts';
import { servedModel, type Endpoint } from './endpoints.ts';

/** A tokenizer answers at once, even under load. */
const TIMEOUT_MS = 5_000;

/** The tokens of a call and of what came of it; undefined where the server has no tokenizer that can be asked, or does not answer. */
export async function countByTokenizer(
  endpoint: Endpoint,
  { call, secret }: Question,
  { text, thinking }: { readonly text: string; readonly thinking: string | null },
): Promise<PaidTokens | undefined> {
  const { messages } = call;
  const tokensOf = (said: string): Promise<number | undefined> => tokenize(endpoint, call, said, secret);
  const [prompt, completion] = await Promise.all([
    tokensOf(messages.map(({ content }) => content).join('\n')),
    tokensOf(`${thinking ?? ''}${text}`),
  ]);
  if (prompt === undefined || completion === undefined) return undefined;
  return {
    promptTokens: prompt + TOKENS_PER_MESSAGE * messages.length,
    completionTokens: completion,
    thinkingTokens: shareOfThinking(completion, text, thinking),
    tokensAreEstimated: false,
  };
}

async function tokenize(
  endpoint: Endpoint,
  { config, signal }: ChatCall,
  text: string,
  secret: string | undefined,
): Promise<number | undefined> {
  const model = config.model.name;
  const served = servedModel(endpoint, model);
  if (text === '') return 0;
  if (served.hasNoTokenizer) return undefined;
  const { pool, url } = endpoint.route;
  try {
    const { status, text: said } = await post(pool, {
      endpoint: endpoint.name,
      path: url.pathname.replace(/(?:\/v1)?\/chat\/completions\/?$/, '/tokenize') + url.search,
      headers: jsonHeaders(secret),
      // vLLM, llama.cpp and TGI each look for their own.
      body: JSON.stringify({
        model,
        prompt: text,
        content: text,
        inputs: text,
        add_special_tokens: false,
        add_special: false,
      }),
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    const count = status === 200 ? countOf(parseJson(said)) : undefined;
    served.hasNoTokenizer = count === undefined && status < 500;
    return count;
  } catch {
    return undefined;
  }
}

/** vLLM's `count`, the list of llama.cpp, or that of TGI. */
function countOf(answer: unknown): number | undefined {
  if (Array.isArray(answer)) return answer.length;
  if (!isFields(answer)) return undefined;
  const { count, tokens } = answer;
  if (Number.isSafeInteger(count) && Number(count) >= 0) return Number(count);
  return Array.isArray(tokens) ? tokens.length : undefined;
}
