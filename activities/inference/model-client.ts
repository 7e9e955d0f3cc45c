/** The seam to the models: one client for all roles, over any OpenAI-compatible server. */
import type { Role, RoleConfig } from '../../configs/settings/types.ts';
import type { JsonSchema } from '../../definitions/model/types.ts';
import type { Adapters } from './adapters.ts';
import type { PaidTokens } from './model-error.ts';
import type { Spend } from './spend/spend.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Who pays for calls. */
export interface Account {
  /** A server is about to be asked. Throws `BudgetError` where that would be more than may be spent. */
  begin(): void;
  /** What began has ended. @param spend what it cost; undefined if there was no answer. */
  end(role: Role, endpoint: string, spend: Spend | undefined): void;
}

export interface ChatCall {
  readonly role: Role;
  readonly config: RoleConfig;
  readonly messages: readonly Message[];
  /** Seed of the sampling; derived from the run's seed and the row's key. */
  readonly seed: number;
  /** Constrains the answer to JSON of this schema where the server can; `name` labels it. */
  readonly schema?: { readonly name: string; readonly schema: JsonSchema };
  /** Ask for log-probabilities with this many alternatives per token (0 to 20). Servers without them answer without. */
  readonly topLogprobs?: number;
  readonly signal: AbortSignal;
  /** Where the call is charged; nobody counts it if absent. Activities need not give it: their client does. */
  readonly account?: Account;
}

/** One token of the answer with its most likely alternatives. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** A whole answer, and nothing but the answer. */
export interface ChatAnswer extends PaidTokens {
  /** More than white space. */
  readonly text: string;
  /** What the model thought before it answered; null if nothing is known of it. */
  readonly thinking: string | null;
  readonly finishReason: string;
  readonly logprobs: readonly TokenLogprob[] | null;
  readonly model: string;
  /** Endpoint that answered, as configured but without credentials: a base URL, or `embedded`. */
  readonly endpoint: string;
  /** Wall time of the request that succeeded; of a kept answer, when it was made. */
  readonly seconds: number;
  /** Requests made, failed ones included; 0 for a kept answer. */
  readonly requests: number;
  /** True for an answer kept from an earlier call, which cost nothing. */
  readonly cached?: boolean;
}

export interface ModelClient {
  /**
   * One whole answer. Retries what can be retried (connection errors, 408, 429, 5xx; `Retry-After` kept) with jitter.
   * Throws `ModelError`: its `fault` tells whether the row be recorded with the error (`call`: `BAD_REQUEST`,
   * `PROMPT_TOO_LONG`, …; `answer`: `CUT_OFF`, `FILTERED`, …), or the activity be tried again later (`server`) or given
   * up (`setup`).
   */
  chat(call: ChatCall): Promise<ChatAnswer>;
  /** The adapters of the same servers. */
  readonly adapters: Adapters;
  close(): Promise<void>;
}
