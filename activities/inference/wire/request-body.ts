import type { ChatCall } from '../model-client.ts';

/** What some servers refuse, so that a request may have to do without it. */
export type Feature = 'response_format' | 'logprobs';

const NOTHING: ReadonlySet<Feature> = new Set();

/** Body of a chat completion. Every sampling field is always sent, so that servers' defaults never matter. */
export function requestBody(call: ChatCall, without: ReadonlySet<Feature> = NOTHING): string {
  const { model, sampling } = call.config;
  return JSON.stringify({
    model: model.name,
    messages: call.messages,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_tokens: sampling.maxTokens,
    seed: call.seed,
    ...(call.schema !== undefined && !without.has('response_format')
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name: call.schema.name, schema: call.schema.schema, strict: true },
          },
        }
      : {}),
    ...(call.topLogprobs !== undefined && !without.has('logprobs')
      ? { logprobs: true, top_logprobs: call.topLogprobs }
      : {}),
  });
}
