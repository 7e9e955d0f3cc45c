/** What the model-server tests share: a server for one test, and requests to it. */
import { readFileSync } from 'node:fs';
import { startModelServer } from '../../../deploy/model-server/server.ts';
import type { ModelServer, ModelServerOptions } from '../../../deploy/model-server/server.ts';

/** The parts of a chat response that tests look at. */
export interface ChatResponse {
  readonly model: string;
  readonly system_fingerprint: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly content: string };
    readonly finish_reason: string;
    readonly stop_reason: string | null;
    readonly logprobs: { readonly content: readonly TokenLogprob[] } | null;
  }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
}
interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs: readonly { readonly token: string; readonly logprob: number }[];
}
export interface ErrorResponse {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: number;
  };
}

/** Runs a test against a server of its own and stops it whatever happens. */
export async function withServer(
  options: ModelServerOptions,
  test: (server: ModelServer) => Promise<void>,
): Promise<void> {
  const server = await startModelServer(options);
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

/** The JSON of a response, taken to be of the type that the test expects. */
export async function jsonOf<T>(response: Response): Promise<T> {
  const value: T = JSON.parse(await response.text());
  return value;
}

export function post(server: ModelServer, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.endpoint}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Posts a chat that must succeed. */
export async function chat(server: ModelServer, body: object): Promise<ChatResponse> {
  const response = await post(server, body);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return jsonOf<ChatResponse>(response);
}

/** A chat with the main model. */
export function ask(prompt: string, seed = 1): object {
  return { model: 'simulated-main', seed, messages: [{ role: 'user', content: prompt }] };
}

/** The messages of a file of `model_input/`, its places filled. */
export function messagesOf(
  name: string,
  values: { readonly [place: string]: string },
  userSection = 'user',
): { readonly role: string; readonly content: string }[] {
  const text = readFileSync(new URL(`../../../model_input/${name}.txt`, import.meta.url), 'utf8');
  const sections = [...text.matchAll(/^=== (\w+) ===\n([\s\S]*?)(?=^=== |(?![\s\S]))/gm)];
  return sections
    .filter(([, section]) => section === 'system' || section === userSection)
    .map(([, section, content = '']) => ({
      role: section === 'system' ? 'system' : 'user',
      content: content.trim().replace(/\{\{(\w+)\}\}/g, (_, place: string) => values[place] ?? ''),
    }));
}

/** A validator's messages about an answer to a request, by the bundled texts. */
export function judgeMessages(
  request: string,
  answer: string,
): { readonly role: string; readonly content: string }[] {
  const rubric = readFileSync(new URL('../../../model_input/rubric.txt', import.meta.url), 'utf8');
  return messagesOf('val_model_input', {
    rubric,
    base_prompt: request,
    model_output: answer,
    fence: '7f3a9c',
    answer_form: '{"criteria_1": n}',
  });
}

/** The schema of a validator's answer. */
export const scoreSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['criteria_1', 'criteria_2', 'criteria_3', 'criteria_4', 'criteria_5', 'reason'],
  properties: {
    criteria_1: { type: 'integer', minimum: 1, maximum: 5 },
    criteria_2: { type: 'integer', minimum: 1, maximum: 5 },
    criteria_3: { type: 'integer', minimum: 1, maximum: 5 },
    criteria_4: { type: 'integer', minimum: 1, maximum: 5 },
    criteria_5: { type: 'integer', minimum: 1, maximum: 5 },
    reason: { type: 'string' },
  },
} as const;
