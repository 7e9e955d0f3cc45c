/** Bytes of a project's file to text: what cannot be read as UTF-8 of a sensible size is a problem, not an exception. */
import { open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Checked, Problem } from './problem.ts';

/** Largest definition, config or text, in bytes. */
const MAX_FILE_BYTES = 1_000_000;

const ENCODINGS: readonly { readonly name: string; readonly mark: readonly number[] }[] = [
  { name: 'UTF-32', mark: [0xff, 0xfe, 0, 0] },
  { name: 'UTF-32', mark: [0, 0, 0xfe, 0xff] },
  { name: 'UTF-16', mark: [0xff, 0xfe] },
  { name: 'UTF-16', mark: [0xfe, 0xff] },
  { name: 'UTF-8 with a byte order mark', mark: [0xef, 0xbb, 0xbf] },
];

function refuse(problem: Omit<Problem, 'path' | 'line' | 'column'>, line = 1, column = 1): Checked<string> {
  return { ok: false, problems: [{ ...problem, path: '', line, column }] };
}

/** Where the first byte is that UTF-8 does not allow; the text before it is well formed. */
function firstInvalid(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  const decoder = new TextDecoder('utf-8');
  const text = decoder.decode(bytes);
  let index = text.indexOf('\uFFFD');
  // A replacement character that stands in the file itself is no mistake: its own bytes are EF BF BD.
  for (; index !== -1; index = text.indexOf('\uFFFD', index + 1)) {
    const before = Buffer.byteLength(text.slice(0, index));
    if (!(bytes[before] === 0xef && bytes[before + 1] === 0xbf && bytes[before + 2] === 0xbd)) break;
  }
  const lines = text.slice(0, Math.max(index, 0)).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** Decodes strict UTF-8. Problems: `FILE_TOO_LARGE`, `WRONG_ENCODING`. */
function decodeText(bytes: Uint8Array, file: string): Checked<string> {
  if (bytes.length > MAX_FILE_BYTES) {
    const message = `The file has ${bytes.length} bytes; the most is ${MAX_FILE_BYTES}.`;
    return refuse({ code: 'FILE_TOO_LARGE', message, advice: 'Move data out of it, or split it.', file });
  }
  const advice = 'Save the file as UTF-8 without a byte order mark.';
  const marked = ENCODINGS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined)
    return refuse({ code: 'WRONG_ENCODING', message: `The file is ${marked.name}.`, advice, file });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const { line, column } = firstInvalid(bytes);
    return refuse({ code: 'WRONG_ENCODING', message: 'The file is not UTF-8.', advice, file }, line, column);
  }
  const nul = text.indexOf('\0');
  if (nul === -1) return { ok: true, value: text, warnings: [] };
  const lines = text.slice(0, nul).split('\n');
  const message = 'The file has a NUL character; it is UTF-16 or not a text at all.';
  return refuse(
    { code: 'WRONG_ENCODING', message, advice, file },
    lines.length,
    (lines.at(-1)?.length ?? 0) + 1,
  );
}

function outside(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

/** Whether there is a regular file inside the project at `root`, also through links. */
export async function isFileInside(root: string, file: string): Promise<boolean> {
  if (isAbsolute(file) || outside(relative(root, join(root, file)))) return false;
  const [realRoot, realFile] = await Promise.all(
    [root, join(root, file)].map((path) => realpath(path).catch(() => '')),
  );
  if (!realRoot || !realFile || outside(relative(realRoot, realFile))) return false;
  return (await stat(realFile)).isFile();
}

/**
 * Reads a file of the project at `root`; `file` is relative to it. A problem: `FILE_OUTSIDE` (also through a link),
 * `FILE_MISSING`, `FILE_UNREADABLE`, and those of `decodeText`. Reads no more than the largest allowed size.
 */
export async function readText(root: string, file: string): Promise<Checked<string>> {
  const refuseOutside = (): Checked<string> =>
    refuse({
      code: 'FILE_OUTSIDE',
      message: `'${file}' is outside the project.`,
      advice: 'Use a file inside the project.',
      file,
    });
  const refuseKind = (): Checked<string> =>
    refuse({
      code: 'FILE_UNREADABLE',
      message: `'${file}' is no regular file.`,
      advice: 'It must be a file that you may read.',
      file,
    });
  if (outside(relative(root, join(root, file))) || isAbsolute(file)) return refuseOutside();
  try {
    const [realRoot, realFile] = await Promise.all([realpath(root), realpath(join(root, file))]);
    if (outside(relative(realRoot, realFile))) return refuseOutside();
    // Opening a pipe waits for who writes into it.
    if (!(await stat(realFile)).isFile()) return refuseKind();
    await using handle = await open(realFile, 'r');
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, MAX_FILE_BYTES + 1));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return decodeText(bytes.subarray(0, bytesRead), file);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'ENOENT')
      return refuse({
        code: 'FILE_MISSING',
        message: `There is no file '${file}'.`,
        advice: 'Create it, or correct the name.',
        file,
      });
    const message = `'${file}' cannot be read: ${String(error.code)}.`;
    return refuse({ code: 'FILE_UNREADABLE', message, advice: 'It must be a file that you may read.', file });
  }
}
