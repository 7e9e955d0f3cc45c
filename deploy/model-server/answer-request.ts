/** Makes the body of a successful response out of what the simulated models say, in vLLM's shape: all keys, nulls too. */
import { chatCompletion, usageOf, withBytes, type Alternative } from './chat-completion.ts';
import type { ModelRequest } from './chat-request.ts';
import type { SimulatedModel } from './world/roles.ts';
import { simulate } from './world/simulate.ts';
import type { SimulatedAnswer } from './world/simulate.ts';
import type { World } from './world/world.ts';

/** Who answers, said in every response. */
export const FINGERPRINT = 'prose-simulated-1';
/** vLLM's stand-in for the logarithm of 0. */
const IMPOSSIBLE = -9999;

/** One of the answers to a request. */
export interface Choice extends SimulatedAnswer {
  readonly index: number;
  readonly text: string;
  readonly finishReason: 'stop' | 'length';
  readonly stopReason: string | null;
}

/** All answers to a request, not yet in the shape of an endpoint. */
export interface Answer {
  readonly request: ModelRequest<SimulatedModel>;
  readonly choices: readonly Choice[];
  /** Tokens of all choices. */
  readonly completionTokens: number;
}

/** Lets the models answer: for each prompt in turn, `n` choices. */
export function answerRequest(request: ModelRequest<SimulatedModel>, world: World): Answer {
  const choices = request.prompts.flatMap((messages, promptIndex) =>
    Array.from({ length: request.n }, (_, sample): Choice => {
      const whole = simulate(request.model, { ...request, messages, sample }, world);
      return { index: promptIndex * request.n + sample, ...limit(whole, request) };
    }),
  );
  return {
    request,
    choices,
    completionTokens: choices.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}

function limit(whole: SimulatedAnswer, request: ModelRequest<SimulatedModel>): Omit<Choice, 'index'> {
  const { distributions } = whole;
  const isCut = whole.tokens.length > request.maxTokens;
  const tokens = isCut ? whole.tokens.slice(0, request.maxTokens) : whole.tokens;
  const text = tokens.join('');
  const first = request.stop
    .map((stop) => ({ stop, at: text.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .toSorted((one, other) => one.at - other.at)[0];
  if (first === undefined) {
    return { text, tokens, distributions, finishReason: isCut ? 'length' : 'stop', stopReason: null };
  }
  let end = 0;
  const kept = tokens.filter((token) => (end += token.length) <= first.at);
  return {
    text: text.slice(0, first.at),
    tokens: kept,
    distributions,
    finishReason: 'stop',
    stopReason: first.stop,
  };
}

/** The body of a chat response. `created` is in seconds. */
export function chatBody(answer: Answer, id: string, created: number): object {
  const { request, choices } = answer;
  return chatCompletion({
    id,
    created,
    model: request.servedAs,
    fingerprint: FINGERPRINT,
    choices: choices.map((choice) => ({
      ...choice,
      logprobs: request.logprobs ? chatLogprobs(choice, request.topLogprobs) : null,
    })),
    usage: usageOf(request.promptTokens, answer.completionTokens),
  });
}

/** The body of a completion response. `created` is in seconds. */
export function completionBody(answer: Answer, id: string, created: number): object {
  const { request } = answer;
  return {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created,
    model: request.servedAs,
    choices: answer.choices.map((choice) => ({
      index: choice.index,
      text: choice.text,
      logprobs: request.logprobs ? completionLogprobs(choice, request.topLogprobs) : null,
      finish_reason: choice.finishReason,
      stop_reason: choice.stopReason,
      token_ids: null,
      prompt_logprobs: null,
      prompt_token_ids: null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    usage: usageOf(request.promptTokens, answer.completionTokens),
    kv_transfer_params: null,
  };
}

/** A score's alternatives are the five levels, likeliest first; any other token is nearly certain and stands alone. */
function alternativesOf({ tokens, distributions }: SimulatedAnswer): readonly (readonly Alternative[])[] {
  return tokens.map((token, index) => {
    const levels = distributions.get(index)?.map((probability, level) => ({
      token: String(level + 1),
      logprob: probability > 0 ? Math.log(probability) : IMPOSSIBLE,
    }));
    return levels?.toSorted((one, other) => other.logprob - one.logprob) ?? [{ token, logprob: -0.01 }];
  });
}

/** What `logprobs.content` of a chat holds, one for each token. */
export function chatLogprobs(answer: SimulatedAnswer, topLogprobs: number): object[] {
  return alternativesOf(answer).map((ranked, index) => ({
    ...withBytes(chosenOf(answer.tokens[index] ?? '', ranked)),
    top_logprobs: ranked.slice(0, topLogprobs).map(withBytes),
  }));
}

/** What `logprobs` of a completion holds. */
export function completionLogprobs(
  answer: SimulatedAnswer,
  topLogprobs: number,
): { readonly [column: string]: readonly unknown[] } {
  let end = 0;
  const alternatives = alternativesOf(answer);
  return {
    text_offset: answer.tokens.map((token) => (end += token.length) - token.length),
    tokens: answer.tokens,
    token_logprobs: alternatives.map((ranked, index) => chosenOf(answer.tokens[index] ?? '', ranked).logprob),
    top_logprobs: alternatives.map((ranked) =>
      Object.fromEntries(ranked.slice(0, topLogprobs).map(({ token, logprob }) => [token, logprob])),
    ),
  };
}

function chosenOf(token: string, ranked: readonly Alternative[]): Alternative {
  return ranked.find((one) => one.token === token) ?? { token, logprob: IMPOSSIBLE };
}
