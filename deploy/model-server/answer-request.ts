/** Makes the body of a successful response out of what the simulated models say, in vLLM's shape: all keys, nulls too. */
import type { ModelRequest } from './chat-request.ts';
import { simulate } from './world/simulate.ts';
import type { SimulatedToken } from './world/simulate.ts';
import type { World } from './world/world.ts';

/** Who answers, said in every response. */
export const FINGERPRINT = 'prose-simulated-1';
/** vLLM's stand-in for the logarithm of 0. */
const IMPOSSIBLE = -9999;

/** One of the answers to a request. */
interface Choice {
  readonly index: number;
  readonly text: string;
  readonly tokens: readonly SimulatedToken[];
  readonly finishReason: 'stop' | 'length';
  readonly stopReason: string | null;
}

/** All answers to a request, not yet in the shape of an endpoint. */
export interface Answer {
  readonly request: ModelRequest;
  readonly choices: readonly Choice[];
  /** Tokens of all choices. */
  readonly completionTokens: number;
}

/** Lets the models answer: for each prompt in turn, `n` choices. */
export function answerRequest(request: ModelRequest, world: World): Answer {
  const choices = request.prompts.flatMap((messages, promptIndex) =>
    Array.from({ length: request.n }, (_, sample): Choice => {
      const tokens = simulate(request.model, { ...request, messages, sample }, world);
      return { index: promptIndex * request.n + sample, ...limit(tokens, request) };
    }),
  );
  return {
    request,
    choices,
    completionTokens: choices.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}

function limit(tokens: readonly SimulatedToken[], request: ModelRequest): Omit<Choice, 'index'> {
  const isCut = tokens.length > request.maxTokens;
  const kept = isCut ? tokens.slice(0, request.maxTokens) : tokens;
  const text = kept.map((token) => token.text).join('');
  const stops = request.stop
    .map((stop) => ({ stop, at: text.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .toSorted((one, other) => one.at - other.at);
  const first = stops[0];
  if (first === undefined) {
    return { text, tokens: kept, finishReason: isCut ? 'length' : 'stop', stopReason: null };
  }
  return {
    text: text.slice(0, first.at),
    tokens: tokensUpTo(kept, first.at),
    finishReason: 'stop',
    stopReason: first.stop,
  };
}

function tokensUpTo(tokens: readonly SimulatedToken[], length: number): SimulatedToken[] {
  let end = 0;
  return tokens.filter((token) => (end += token.text.length) <= length);
}

/** The body of a chat response. `created` is in seconds. */
export function chatBody(answer: Answer, id: string, created: number): object {
  const { request } = answer;
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created,
    model: request.model.name,
    choices: answer.choices.map(({ index, text, tokens, finishReason, stopReason }) => ({
      index,
      message: {
        role: 'assistant',
        content: text,
        refusal: null,
        annotations: null,
        audio: null,
        function_call: null,
        reasoning: null,
      },
      logprobs: request.logprobs
        ? { content: tokens.map((token) => chatLogprob(token, request.topLogprobs)) }
        : null,
      finish_reason: finishReason,
      stop_reason: stopReason,
      token_ids: null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: usageOf(answer),
    prompt_logprobs: null,
    prompt_token_ids: null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

/** The body of a completion response. `created` is in seconds. */
export function completionBody(answer: Answer, id: string, created: number): object {
  const { request } = answer;
  return {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created,
    model: request.model.name,
    choices: answer.choices.map(({ index, text, tokens, finishReason, stopReason }) => ({
      index,
      text,
      logprobs: request.logprobs ? completionLogprobs(tokens, request.topLogprobs) : null,
      finish_reason: finishReason,
      stop_reason: stopReason,
      token_ids: null,
      prompt_logprobs: null,
      prompt_token_ids: null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: usageOf(answer),
    kv_transfer_params: null,
  };
}

function usageOf({ request, completionTokens }: Answer): object {
  return {
    prompt_tokens: request.promptTokens,
    total_tokens: request.promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: null,
    completion_tokens_details: null,
  };
}

interface Alternative {
  readonly token: string;
  readonly logprob: number;
}

/** A score's alternatives are the five levels, likeliest first; any other token is nearly certain and stands alone. */
function alternativesOf({ text, distribution }: SimulatedToken): readonly Alternative[] {
  if (distribution === undefined) return [{ token: text, logprob: -0.01 }];
  return distribution
    .map((probability, index) => ({
      token: String(index + 1),
      logprob: probability > 0 ? Math.log(probability) : IMPOSSIBLE,
    }))
    .toSorted((one, other) => other.logprob - one.logprob);
}

function chatLogprob(token: SimulatedToken, topLogprobs: number): object {
  const ranked = alternativesOf(token);
  return {
    ...withBytes(chosenOf(token, ranked)),
    top_logprobs: ranked.slice(0, topLogprobs).map(withBytes),
  };
}

/** Bytes of the tokens met so far: most answers are made of the same few hundred. */
const bytesByToken = new Map<string, readonly number[]>();
const MAX_KNOWN_TOKENS = 20_000;

function withBytes({ token, logprob }: Alternative): Alternative & { readonly bytes: readonly number[] } {
  const known = bytesByToken.get(token);
  const bytes = known ?? [...Buffer.from(token)];
  if (known === undefined && bytesByToken.size < MAX_KNOWN_TOKENS) bytesByToken.set(token, bytes);
  return { token, logprob, bytes };
}

function completionLogprobs(tokens: readonly SimulatedToken[], topLogprobs: number): object {
  let end = 0;
  const alternatives = tokens.map(alternativesOf);
  return {
    text_offset: tokens.map(({ text }) => (end += text.length) - text.length),
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map((token, index) => chosenOf(token, alternatives[index] ?? []).logprob),
    top_logprobs: alternatives.map((ranked) =>
      Object.fromEntries(ranked.slice(0, topLogprobs).map(({ token, logprob }) => [token, logprob])),
    ),
  };
}

function chosenOf({ text }: SimulatedToken, alternatives: readonly Alternative[]): Alternative {
  return alternatives.find(({ token }) => token === text) ?? { token: text, logprob: IMPOSSIBLE };
}
