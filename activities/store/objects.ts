/** JSON values stored under their own digest: a run's pinned settings and the like. */
import { readFile, writeFile } from 'node:fs/promises';
import { isMissing, writeAtomically } from './atomic-write.ts';
import { canonicalJson, digest } from './digest.ts';
import { objectPath } from './paths.ts';
import { StoreError } from './store-error.ts';

/** Stores a JSON value and returns its digest. Throws `StoreError` `NOT_JSON`. */
export async function putObject(root: string, value: unknown): Promise<string> {
  const key = digest(value);
  await writeAtomically(objectPath(root, key), (path) => writeFile(path, `${canonicalJson(value)}\n`));
  return key;
}

/**
 * The value stored under a digest. Throws `StoreError` `NO_SUCH_OBJECT`, `CORRUPT_OBJECT` (the file was changed) or
 * `INVALID_NAME` (no digest).
 */
export async function getObject(root: string, key: string): Promise<unknown> {
  const path = objectPath(root, key);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new StoreError('NO_SUCH_OBJECT', `There is no object ${key} in data/objects.`);
  }
  const value = parse(text);
  if (value === undefined || digest(value) !== key) {
    throw new StoreError('CORRUPT_OBJECT', `The content of ${path} does not have the digest in its name.`);
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
