import type { ActivityContext } from '../activity.ts';
import { rewriteAnswerSchema } from '../schemas.ts';
import { askForJson, type JsonAnswer, type JsonRequest } from './ask-for-json.ts';
import { findFault } from './find-fault.ts';

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
