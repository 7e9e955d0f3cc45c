/** Finds keys that stand in a definition: what is there comes into histories and logs. */
import type { Path, SourceDocument } from './document.ts';
import type { Problem } from './problem.ts';
import { looksLikeSecret } from './secret.ts';
import type { Value } from './types.ts';

/** Problems `SECRET_IN_FILE`, which never repeat the key. */
export function* checkSecrets(
  document: SourceDocument,
  value: Value = document.value,
  path: Path = [],
): Generator<Problem> {
  if (typeof value === 'string') {
    if (!looksLikeSecret(value)) return;
    const message = 'This looks like a key; keys must not stand in files.';
    const advice =
      "Put the key into an environment variable of the worker, name the variable in the activity's input, and replace the key: it may have been seen.";
    yield document.problem({ code: 'SECRET_IN_FILE', message, advice }, path);
  } else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      yield* checkSecrets(document, inner, [...path, Array.isArray(value) ? Number(key) : key]);
}
