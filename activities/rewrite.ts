import type { ActivityContext } from './activity.ts';
import type { Role, RoleConfig } from '../configs/types.ts';
import type { CallRecord } from './inference/run-shard.ts';
import { callRecord, failedCallRecord } from './inference/run-shard.ts';
import { ModelError } from './inference/model-error.ts';
import { parseJsonAnswer } from './inference/parse-json-answer.ts';
import { buildMessages } from './inference/render.ts';
import { deriveSeed } from './inference/seed.ts';
import { rewriteAnswerSchema } from './schemas.ts';

export interface RewriteRequest {
  readonly role: Role;
  readonly config: RoleConfig;
  /** A text of `model_input/` with the sections `system` and `user`. */
  readonly text: string;
  readonly values: { readonly [placeholder: string]: string };
  readonly seed: number;
  /** Names the call in the ledger. */
  readonly key: string;
}

export interface Rewrite {
  /** Null when two answers in a row could not be used; `error` says why. */
  readonly prompt: string | null;
  readonly error: string | null;
  readonly calls: readonly CallRecord[];
}

/** Asks a rewriting model for `{"prompt": …}`; an unusable answer is asked for once more with another seed. */
export async function rewrite(
  context: Pick<ActivityContext, 'models' | 'signal'>,
  request: RewriteRequest,
): Promise<Rewrite> {
  const calls: CallRecord[] = [];
  let error = '';
  for (const [attempt, seed] of [request.seed, deriveSeed(request.seed, 'again')].entries()) {
    const key = attempt === 0 ? request.key : `${request.key}:again`;
    try {
      const answer = await context.models.chat({
        role: request.role,
        config: request.config,
        messages: buildMessages(request.text, ['system', 'user'], request.values),
        seed,
        schema: { name: 'rewrite', schema: rewriteAnswerSchema },
        signal: context.signal,
      });
      calls.push(callRecord(request.role, key, answer));
      const prompt = parseJsonAnswer(answer.text)?.['prompt'];
      if (typeof prompt === 'string' && prompt.trim() !== '')
        return { prompt: prompt.trim(), error: null, calls };
      error = answer.finishReason === 'length' ? 'CUT_OFF' : 'UNPARSABLE';
    } catch (failure) {
      if (!(failure instanceof ModelError) || failure.fault !== 'call') throw failure;
      calls.push(failedCallRecord(request.role, key, request.config, failure));
      return { prompt: null, error: failure.code, calls };
    }
  }
  return { prompt: null, error, calls };
}
