/** From a server's 200 to a whole answer, or to the error that says why there is none. */
import type { ChatAnswer, ChatCall } from '../model-client.ts';
import { ModelError, type BrokenAnswer } from '../model-error.ts';
import { cleanSentence } from './clean-sentence.ts';
import { endingOf, type Ending } from './finish-reason.ts';
import type { HttpAnswer } from './post.ts';
import { refusal } from './http-failures.ts';
import { parseCompletion, type Completion } from './response.ts';
import { countTokens } from './token-counts.ts';

export interface Reading {
  /** Names the server. */
  readonly endpoint: string;
  readonly call: ChatCall;
  readonly secret: string | undefined;
  readonly seconds: number;
  /** Requests made for the call. */
  readonly requests: number;
}

/** Throws `ModelError` for whatever is no whole answer; with what it cost, where that is known. */
export function readAnswer(http: HttpAnswer, reading: Reading): ChatAnswer {
  const { endpoint, call, secret, seconds } = reading;
  if (!http.isUtf8) {
    throw new ModelError('ANSWER_FAILED', endpoint, `${endpoint} answered with bytes that are no UTF-8.`);
  }
  const outcome = parseCompletion(http.text);
  if (outcome === undefined) {
    throw new ModelError(
      'BAD_ANSWER',
      endpoint,
      `${endpoint} answered 200 with what is no chat completion: ${cleanSentence(http.text.slice(0, 200), secret)}`,
    );
  }
  if ('complaint' in outcome) {
    const { complaint, status } = outcome;
    if (status !== undefined && status < 500) {
      throw refusal(endpoint, call.config.model, { ...http, status }, secret, complaint);
    }
    const said = cleanSentence(complaint.message, secret);
    throw new ModelError('ANSWER_FAILED', endpoint, `${endpoint} answered 200 with an error: ${said}`);
  }
  const { completion } = outcome;
  const tokens = countTokens(completion.usage, call.messages, completion);
  const { text, finishReason, logprobs } = completion;
  // What is not the answer may lose what no file keeps.
  const keepable = (said: string): string => said.toWellFormed();
  const thinking = completion.thinking === null ? null : keepable(completion.thinking);
  const model = completion.model ?? call.config.model.name;
  const code = faultOf(completion);
  if (code !== undefined) {
    const answer: BrokenAnswer = { ...tokens, finishReason, thinking, text: keepable(text), seconds, model };
    throw new ModelError(code, endpoint, `${endpoint}: ${whatIsWrong(code, completion, call)}`, { answer });
  }
  return {
    text,
    thinking,
    finishReason: finishReason ?? '',
    logprobs,
    model,
    endpoint,
    seconds,
    requests: reading.requests,
    ...tokens,
  };
}

type Fault = Exclude<Ending, 'whole'> | 'BROKEN_UNICODE' | 'EMPTY' | 'ONLY_THINKING';

/** What keeps a completion from being a whole answer; undefined if nothing does. */
function faultOf({
  finishReason,
  text,
  thinking,
  refusal: declined,
  callsTools,
}: Completion): Fault | undefined {
  const ending = endingOf(finishReason);
  if (ending !== 'whole') return ending;
  if (declined !== null) return 'REFUSED';
  if (text.trim() !== '') return text.isWellFormed() ? undefined : 'BROKEN_UNICODE';
  if (callsTools) return 'TOOL_CALL';
  return thinking === null ? 'EMPTY' : 'ONLY_THINKING';
}

function whatIsWrong(
  code: Fault,
  { finishReason, refusal: declined }: Completion,
  { config }: ChatCall,
): string {
  switch (code) {
    case 'CUT_OFF':
      return `the answer was cut off (finish reason '${finishReason}'); sampling.maxTokens is ${config.sampling.maxTokens}.`;
    case 'REFUSED':
      return `the model declined: ${cleanSentence(declined ?? '', undefined)}`;
    case 'EMPTY':
      return 'the answer is empty.';
    case 'BROKEN_UNICODE':
      return 'the answer has half of a surrogate pair, which is no character.';
    case 'ONLY_THINKING':
      return 'the model thought and gave no answer.';
    case 'UNFINISHED':
      return finishReason === null
        ? 'the answer has no finish reason, so that nobody knows whether it is whole.'
        : `the finish reason '${cleanSentence(finishReason, undefined).slice(0, 50)}' is none that says that the answer is whole.`;
    case 'FILTERED':
    case 'TOOL_CALL':
    case 'ANSWER_ABORTED':
    case 'ANSWER_FAILED':
      break;
  }
  return `the answer is not whole (finish reason '${finishReason}').`;
}
