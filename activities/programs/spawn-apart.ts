/**
 * Starts programs in a user namespace of their own, where the kernel has such: `/proc/<pid>/environ` and the memory of
 * processes outside of it, the worker among them, are not theirs to read, although they run as the same user.
 */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { access, constants, readFile, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { delimiter, resolve } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Says that it is there, waits until its users are mapped, and becomes the program. */
const SCRIPT = 'echo >&3; read -r go <&3 || exit 1; exec 3>&-; exec "$@"';
const PROBE_MS = 5000;

/** The way to a program that can be started apart; undefined where there is no such program, or nothing can be. */
export async function findWayApart(program: string, around: Surroundings): Promise<string | undefined> {
  return (await canBeApart()) ? findProgram(program, around) : undefined;
}

/**
 * Starts a program, without a shell, as the leader of a process group of its own; `error` is emitted where there is none.
 *
 * @param path what `findWayApart` says; undefined starts it beside the worker, as any process of its user.
 */
export function spawnApart(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, env }: Surroundings,
  path: string | undefined,
): Child {
  const options = { cwd, env, detached: true } as const;
  if (path === undefined) return spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const command = ['-U', '/bin/sh', '-c', SCRIPT, 'sh', path, ...args];
  const child = spawn('unshare', command, { ...options, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr } = child;
  const channel = child.stdio[3];
  if (stdin === null || stdout === null || stderr === null || channel == null)
    throw new Error(`'${program}' was started without pipes.`);
  letGo(child, channel as Duplex).catch(() => child.kill('SIGKILL'));
  return Object.assign(child, { stdin, stdout, stderr });
}

let known: Promise<boolean> | undefined;

/** Whether this machine lets programs be started apart; asked once in a process. */
export function canBeApart(): Promise<boolean> {
  known ??= probe();
  return known;
}

async function probe(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const child = spawnApart(
    ['true'],
    { cwd: '/', env: { PATH: '/usr/local/bin:/usr/bin:/bin' } },
    '/bin/true',
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_MS);
  const code = await once(child, 'exit').then(
    ([exitCode]: unknown[]) => exitCode,
    () => null,
  );
  clearTimeout(timer);
  return code === 0;
}

/** Gives the namespace the users and groups of this one, as far as that is this user's to give, and lets the program begin. */
async function letGo(child: ChildProcess, channel: Duplex): Promise<void> {
  channel.on('error', () => {}); // It is gone if the program is.
  await Promise.race([once(channel, 'data'), once(child, 'close')]);
  if (child.exitCode !== null) return;
  const isRoot = process.getuid?.() === 0;
  const folder = `/proc/${child.pid}`;
  if (!isRoot) await writeFile(`${folder}/setgroups`, 'deny');
  await writeFile(`${folder}/uid_map`, isRoot ? await sameIds('uid_map') : one(process.getuid?.()));
  await writeFile(`${folder}/gid_map`, isRoot ? await sameIds('gid_map') : one(process.getgid?.()));
  channel.end('go\n');
}

const one = (id: number | undefined): string => `${id} ${id} 1`;

/** Every id of this namespace as itself. */
async function sameIds(file: string): Promise<string> {
  const lines = (await readFile(`/proc/self/${file}`, 'utf8')).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .map(([inside, , count]) => `${inside} ${inside} ${count}\n`)
    .join('');
}

/** The file that a program's name stands for; undefined if there is none that can be run. */
async function findProgram(program: string, { cwd, env }: Surroundings): Promise<string | undefined> {
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const path = resolve(cwd, folder, program);
    const isProgram = await access(path, constants.X_OK)
      .then(() => stat(path))
      .then(
        (found) => found.isFile(),
        () => false,
      );
    if (isProgram) return path;
  }
  return undefined;
}
