/** What the processes of a run hold in memory together. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Between two looks. */
const EVERY_MS = 2000;

export interface MemoryWatch {
  /** Ends it. MB (2^20 bytes) at the moment when it was most; undefined where the system has no `ps` to tell. */
  readonly stop: () => Promise<number | undefined>;
}

/** Looks again and again at the processes whose command line names one of the folders: a project's stack, model and verbs. */
export function watchMemory(folders: readonly string[]): MemoryWatch {
  let most: number | undefined;
  const look = async (): Promise<void> => {
    const held = await heldNow(folders);
    if (held !== undefined) most = Math.max(most ?? 0, held);
  };
  let looking = look();
  const timer = setInterval(() => (looking = look()), EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      return most;
    },
  };
}

/** MB of the processes whose command line names one of the folders; undefined where the system has no `ps` to tell. */
export async function heldNow(folders: readonly string[]): Promise<number | undefined> {
  const table = await readProcesses();
  return table === undefined ? undefined : heldBy(table, folders);
}

/** MB of the processes of a table, a line each of kilobytes and command line, that name one of the folders or what lies in it. */
export function heldBy(table: string, folders: readonly string[]): number {
  const kilobytes = table
    .split('\n')
    .filter((line) => folders.some((folder) => names(line, folder)))
    .reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
  return kilobytes / 1024;
}

/** Not a folder that only begins or ends alike. */
function names(line: string, folder: string): boolean {
  return line.split(folder).some((before, index, parts) => {
    const after = parts[index + 1];
    return after !== undefined && !/[\w./-]$/u.test(before) && !/^[\w.-]/u.test(after);
  });
}

async function readProcesses(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'rss=,args='], { maxBuffer: 2 ** 26 });
    return stdout;
  } catch {
    return undefined;
  }
}
