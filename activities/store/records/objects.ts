/** JSON values stored under their own digest: a run's pinned settings and the like. */
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { getText, type Backend } from '../backend.ts';
import { canonicalJson, digest } from '../digest.ts';
import { objectFile } from '../paths.ts';
import { StoreError } from '../store-error.ts';

/** Stores a JSON value and returns its digest. Throws `StoreError` `NOT_JSON`. */
export async function putObject(backend: Backend, value: unknown): Promise<string> {
  const key = digest(value);
  await backend.put(objectFile(key), `${canonicalJson(value)}\n`);
  return key;
}

/**
 * The value stored under a digest. Throws `StoreError` `NO_SUCH_OBJECT`, `CORRUPT_OBJECT` (the file was changed) or
 * `INVALID_NAME` (no digest).
 */
export async function getObject(backend: Backend, key: string): Promise<unknown> {
  const file = objectFile(key);
  const text = await getText(backend, file);
  if (text === undefined)
    throw new StoreError('NO_SUCH_OBJECT', `There is no object ${key} in data/objects.`);
  const value = parseJson(text);
  if (value === undefined || digest(value) !== key) {
    throw new StoreError('CORRUPT_OBJECT', `The content of ${file} does not have the digest in its name.`);
  }
  return value;
}
