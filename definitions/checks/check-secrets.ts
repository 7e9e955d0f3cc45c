/** Finds keys that stand in a definition: what is there comes into histories and logs. */
import type { SourceDocument } from '../documents/document.ts';
import type { Problem } from '../documents/problem.ts';
import { looksLikeSecret, secretFinding } from '../documents/secret.ts';
import { textsIn } from '../model/walk-json.ts';

/** Problems `SECRET_IN_FILE`, which never repeat the key. */
export function* checkSecrets(document: SourceDocument): Generator<Problem> {
  for (const { text, at } of textsIn(document.value))
    if (looksLikeSecret(text))
      yield document.problem(secretFinding('SECRET_IN_FILE', "in the activity's input"), at);
}
