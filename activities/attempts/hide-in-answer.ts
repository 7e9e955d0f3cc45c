import type { SecretKeeper } from '../../definitions/documents/secret-keeper.ts';
import type { AnswerCache } from '../inference/answers/answer-cache.ts';
import type { ChatAnswer } from '../inference/model-client.ts';

/** An answer without secrets in its texts; its many small parts, such as tokens, are no longer than a piece of one. */
export function hideInAnswer(secrets: SecretKeeper, answer: ChatAnswer): ChatAnswer {
  const texts = Object.entries(answer).filter(([, value]) => typeof value === 'string');
  return { ...answer, ...secrets.hideIn(Object.fromEntries(texts)) };
}

/** A cache of answers that keeps no secret. */
export function withoutSecrets(cache: AnswerCache, secrets: SecretKeeper): AnswerCache {
  return {
    find: (key) => cache.find(key),
    keep: (key, answer) => cache.keep(key, hideInAnswer(secrets, answer)),
    close: () => cache.close(),
  };
}
