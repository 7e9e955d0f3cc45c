/** The body of a chat response in vLLM's shape: all keys, nulls too. */

/** An answer, whoever gave it. */
export interface ChatCompletion {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  /** Who answers: `system_fingerprint`. */
  readonly fingerprint: string;
  readonly choices: readonly {
    readonly index: number;
    readonly text: string;
    readonly finishReason: 'stop' | 'length';
    readonly stopReason: string | null;
    /** What `logprobs.content` holds, one for each token; null where none were asked for. */
    readonly logprobs: readonly object[] | null;
  }[];
  readonly usage: object;
}

export function chatCompletion({ id, created, model, fingerprint, choices, usage }: ChatCompletion): object {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created,
    model,
    choices: choices.map(({ index, text, finishReason, stopReason, logprobs }) => ({
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
      logprobs: logprobs === null ? null : { content: logprobs },
      finish_reason: finishReason,
      stop_reason: stopReason,
      token_ids: null,
      routed_experts: null,
    })),
    service_tier: null,
    system_fingerprint: fingerprint,
    usage,
    prompt_logprobs: null,
    prompt_token_ids: null,
    prompt_text: null,
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

/** Token counts of all choices. */
export function usageOf(promptTokens: number, completionTokens: number): object {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: null,
    completion_tokens_details: null,
  };
}

export interface Alternative {
  readonly token: string;
  readonly logprob: number;
}

/** Bytes of the tokens met so far: most answers are made of the same few hundred. */
const bytesByToken = new Map<string, readonly number[]>();
const MAX_KNOWN_TOKENS = 20_000;

/** A token as `logprobs.content` has it. */
export function withBytes({
  token,
  logprob,
}: Alternative): Alternative & { readonly bytes: readonly number[] } {
  const known = bytesByToken.get(token);
  const bytes = known ?? [...Buffer.from(token)];
  if (known === undefined && bytesByToken.size < MAX_KNOWN_TOKENS) bytesByToken.set(token, bytes);
  return { token, logprob, bytes };
}
