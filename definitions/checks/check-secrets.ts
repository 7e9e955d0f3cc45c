/** Finds keys that stand in a definition: what is there comes into histories and logs. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { looksLikeSecret, secretFinding } from '../documents/secret.ts';
import { textsIn } from '../model/walk-json.ts';

/** Problems `SECRET_IN_FILE`, which never repeat the key. */
export function* checkSecrets({ value }: Subject): Generator<Found> {
  for (const { text, at } of textsIn(value))
    if (looksLikeSecret(text)) yield { ...secretFinding('SECRET_IN_FILE', "in the activity's input"), at };
}
