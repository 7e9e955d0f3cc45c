/** What the SQL shell remembers and completes for the person who types. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Lines that are kept from one shell to the next. */
export const HISTORY_SIZE = 1_000;

/** The person's file of typed lines, the latest first. */
export function historyFile(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return join(state, 'prose', 'sql_history');
}

/** Lines of earlier shells, the latest first; none where they cannot be read. */
export async function readHistory(file: string): Promise<string[]> {
  const content = await readFile(file, 'utf8').catch(() => '');
  return content.split('\n').filter((line) => line !== '');
}

/** Keeps the lines for the next shell, for this person's eyes alone. A home that cannot be written to keeps none. */
export async function writeHistory(file: string, lines: readonly string[]): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${lines.slice(0, HISTORY_SIZE).join('\n')}\n`, { mode: 0o600 });
  } catch {
    // What was asked has been answered; only the arrow keys will not find it again.
  }
}

/** The names that go on as the last word of a line begins, in any case, and that word. */
export function completeWord(line: string, names: readonly string[]): [string[], string] {
  const word = /[\w.]*$/u.exec(line)?.[0] ?? '';
  const matching =
    word === '' ? [] : names.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
  return [[...matching], word];
}
