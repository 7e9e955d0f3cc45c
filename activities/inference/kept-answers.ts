/** What models said of an item whose next call failed: no later attempt at the item asks for it again. */
import { hash } from 'node:crypto';
import { ModelError, isOfRow, type BrokenAnswer } from './model-error.ts';
import type { ModelErrorCode } from './retry-rules.ts';
import type { ChatAnswer, ChatCall, ModelClient } from './model-client.ts';

/** One call that has come to its end. Durable: it stands in journals. */
export type KeptAnswer = { readonly digest: string } & (
  { readonly answer: ChatAnswer } | { readonly error: KeptError }
);

interface KeptError {
  readonly code: ModelErrorCode;
  readonly endpoint: string;
  readonly message: string;
  readonly status?: number;
  readonly answer?: BrokenAnswer;
  readonly requests: number;
}

export interface KeepingModels {
  /** Answers a call that was kept without asking, and remembers what comes of all others. */
  readonly models: ModelClient;
  /** All that was answered, or failed for good, in this attempt or before. */
  readonly kept: () => KeptAnswer[];
}

/** @param before what earlier attempts have kept. */
export function keepAnswers(models: ModelClient, before: readonly KeptAnswer[] = []): KeepingModels {
  const known = new Map(before.map((one) => [one.digest, one]));
  // Digests are made only where they are needed: almost every item is done at the first attempt.
  const ended: [ChatCall, { readonly answer: ChatAnswer } | { readonly error: KeptError }][] = [];
  return {
    models: {
      ...models,
      async chat(call) {
        const one = known.size === 0 ? undefined : known.get(digestOf(call));
        if (one !== undefined && 'answer' in one) return one.answer;
        if (one !== undefined) throw revive(one.error);
        try {
          const answer = await models.chat(call);
          ended.push([call, { answer }]);
          return answer;
        } catch (failure) {
          if (isOfRow(failure)) ended.push([call, { error: errorOf(failure) }]);
          throw failure;
        }
      },
    },
    kept: () => [...known.values(), ...ended.map(([call, end]) => ({ digest: digestOf(call), ...end }))],
  };
}

/** The same for calls that ask the same of the same role. */
function digestOf({ role, config, messages, seed, schema, topLogprobs }: ChatCall): string {
  const asked = [role, config.model.name, config.sampling, messages, seed, schema, topLogprobs];
  return hash('sha256', JSON.stringify(asked));
}

function errorOf({ code, endpoint, message, status, answer, requests }: ModelError): KeptError {
  return {
    code,
    endpoint,
    message,
    requests,
    ...(status === undefined ? {} : { status }),
    ...(answer === undefined ? {} : { answer }),
  };
}

function revive({ code, endpoint, message, requests, ...details }: KeptError): ModelError {
  const error = new ModelError(code, endpoint, message, details);
  error.requests = requests;
  return error;
}
