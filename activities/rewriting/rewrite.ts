import type { ActivityContext } from '../activity.ts';
import { isOfRow } from '../inference/model-error.ts';
import { callRecord, failedCallRecord } from '../inference/run-shard.ts';
import { rewriteAnswerSchema } from '../schemas.ts';
import { askForJson, type JsonAnswer, type JsonRequest } from './ask-for-json.ts';
import { findFault } from './find-fault.ts';

/** A request to a trained model, which says the rewriting and nothing else. */
export interface PlainRewriteRequest extends Pick<JsonRequest<string>, 'role' | 'config' | 'seed' | 'key'> {
  /** The one message of the user. */
  readonly question: string;
  readonly basePrompt: string;
}

export interface RewriteRequest extends Omit<JsonRequest<string>, 'section' | 'schema' | 'read' | 'refuse'> {
  readonly values: JsonRequest<string>['values'] & { readonly base_prompt: string };
}

export interface Rewrite extends Omit<JsonAnswer<string>, 'value'> {
  /** Null when two answers in a row could not be used; `error` says why. */
  readonly prompt: string | null;
}

/**
 * Asks a rewriting model for `{"prompt": …}`; an answer that cannot be used, or that is no rewriting (`findFault`), is asked
 * for once more with another seed.
 */
export async function rewrite(
  context: Pick<ActivityContext, 'models' | 'signal'>,
  request: RewriteRequest,
): Promise<Rewrite> {
  const { base_prompt: basePrompt, ...told } = request.values;
  const { value, ...rest } = await askForJson(context, {
    ...request,
    section: 'user',
    schema: { name: 'rewrite', schema: rewriteAnswerSchema },
    read: ({ prompt }) => (typeof prompt === 'string' && prompt.trim() !== '' ? prompt.trim() : undefined),
    refuse: (prompt) => findFault(basePrompt, prompt, { text: request.text, told: Object.values(told) }),
  });
  return { prompt: value, ...rest };
}

/** The same for a model that was trained to rewrite. */
export async function rewritePlainly(
  { models, signal }: Pick<ActivityContext, 'models' | 'signal'>,
  { role, config, question, basePrompt, seed, key }: PlainRewriteRequest,
): Promise<Rewrite> {
  try {
    const messages = [{ role: 'user', content: question }] as const;
    const answer = await models.chat({ role, config, messages, seed, signal });
    const prompt = answer.text.trim();
    const error = findFault(basePrompt, prompt, { text: '', told: [] }) ?? null;
    const calls = [callRecord(role, key, answer, error)];
    return { prompt: error === null ? prompt : null, error, errorMessage: null, calls };
  } catch (failure) {
    if (!isOfRow(failure)) throw failure;
    const calls = [failedCallRecord(role, key, config, failure)];
    return { prompt: null, error: failure.code, errorMessage: failure.message, calls };
  }
}
