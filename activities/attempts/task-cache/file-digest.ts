import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** sha256 (hex) of a file's content. Throws the system's error if it cannot be read. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** sha256 (hex) of a file's content, or of the contents of all files in a folder, whatever their names. */
export async function digestContent(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return digestFile(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  // What begins with a dot is a file that somebody is still writing.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  const digests = await Promise.all(files.map(({ parentPath, name }) => digestFile(join(parentPath, name))));
  return createHash('sha256').update(digests.toSorted().join('\n')).digest('hex');
}
