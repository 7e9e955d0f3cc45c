import type { ActivityContext } from '../activity.ts';
import { askForJson, type JsonAnswer, type JsonRequest } from './ask-for-json.ts';
import { rewriteAnswerSchema } from '../schemas.ts';

export type RewriteRequest = Omit<JsonRequest<string>, 'section' | 'schema' | 'read'>;

export interface Rewrite extends Omit<JsonAnswer<string>, 'value'> {
  /** Null when two answers in a row could not be used; `error` says why. */
  readonly prompt: string | null;
}

/** Asks a rewriting model for `{"prompt": …}`; an unusable answer is asked for once more with another seed. */
export async function rewrite(
  context: Pick<ActivityContext, 'models' | 'signal'>,
  request: RewriteRequest,
): Promise<Rewrite> {
  const { value, ...rest } = await askForJson(context, {
    ...request,
    section: 'user',
    schema: { name: 'rewrite', schema: rewriteAnswerSchema },
    read: ({ prompt }) => (typeof prompt === 'string' && prompt.trim() !== '' ? prompt.trim() : undefined),
  });
  return { prompt: value, ...rest };
}
