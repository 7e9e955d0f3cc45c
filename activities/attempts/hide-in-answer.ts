import type { SecretKeeper } from '../../definitions/documents/secret-keeper.ts';
import type { AnswerCache } from '../inference/answers/answer-cache.ts';
import type { ChatAnswer, ChatCall, ModelClient } from '../inference/model-client.ts';
import { ModelError } from '../inference/model-error.ts';

/** One whole answer, or the error that says why there is none, without secrets: either may become cells of a row. */
export async function chatWithoutSecrets(
  models: ModelClient,
  call: ChatCall,
  secrets: SecretKeeper,
): Promise<ChatAnswer> {
  try {
    return hideInAnswer(secrets, await models.chat(call));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    secrets.hideInError(error);
    if (error.answer !== undefined) error.answer = secrets.hideIn(error.answer);
    throw error;
  }
}

/** A cache of answers that keeps no secret. */
export function withoutSecrets(cache: AnswerCache, secrets: SecretKeeper): AnswerCache {
  return {
    find: (key) => cache.find(key),
    keep: (key, answer) => cache.keep(key, hideInAnswer(secrets, answer)),
    close: () => cache.close(),
  };
}

/** Only in its texts: its many small parts, such as tokens, are no longer than a piece of a secret. */
function hideInAnswer(secrets: SecretKeeper, answer: ChatAnswer): ChatAnswer {
  const texts = Object.entries(answer).filter(([, value]) => typeof value === 'string');
  return { ...answer, ...secrets.hideIn(Object.fromEntries(texts)) };
}
