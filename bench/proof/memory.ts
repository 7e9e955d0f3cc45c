/** What the processes of a run hold in memory together. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** MB of all processes whose command line names one of the folders: the stack of a project, its model and its verbs. */
export async function memoryOf(folders: readonly string[]): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'rss=,args='], { maxBuffer: 2 ** 26 });
  const held = stdout
    .split('\n')
    .filter((line) => folders.some((folder) => line.includes(folder)))
    .map((line) => Number.parseInt(line, 10));
  return held.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}
