/** Finds keys that stand in a definition: what is there comes into histories and logs. */
import type { Path, SourceDocument } from '../documents/document.ts';
import type { Problem } from '../documents/problem.ts';
import { looksLikeSecret, secretFinding } from '../documents/secret.ts';
import type { Value } from '../model/types.ts';

/** Problems `SECRET_IN_FILE`, which never repeat the key. */
export function* checkSecrets(
  document: SourceDocument,
  value: Value = document.value,
  path: Path = [],
): Generator<Problem> {
  if (typeof value === 'string') {
    if (!looksLikeSecret(value)) return;
    yield document.problem(secretFinding('SECRET_IN_FILE', "in the activity's input"), path);
  } else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      yield* checkSecrets(document, inner, [...path, Array.isArray(value) ? Number(key) : key]);
}
