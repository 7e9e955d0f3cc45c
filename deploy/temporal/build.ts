/** The Temporal CLI built from source by the Go module in this folder, for machines that reach package registries only. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { placeExecutable } from './place-executable.ts';
import { temporalVersion } from './version.ts';

const modulePath = fileURLToPath(new URL('.', import.meta.url));
/** From Go 1.21 on, a Go that is too old for go.mod fetches the right one by itself. */
const oldestGo = [1, 21] as const;
const progressEveryMs = 15_000;

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Receives Go's own output. */
  readonly logFile: string;
  readonly log: (line: string) => void;
}

/**
 * Builds the pinned version to `path` (about 3 minutes on two cores, seconds when Go has it cached); returns the
 * version it reports. Throws an `Error` saying why in one line; then nothing is left at `path`.
 */
export async function buildTemporal(path: string, { env, logFile, log }: BuildOptions): Promise<string> {
  const go = await findGo(env);
  await mkdir(dirname(logFile), { recursive: true });
  return placeExecutable(path, async (temporary) => {
    const output = await open(logFile, 'w');
    const startedAt = performance.now();
    const seconds = (): number => Math.round((performance.now() - startedAt) / 1000);
    log(
      `Building the Temporal CLI ${temporalVersion} with ${go.version}: about 3 minutes, once (log: ${logFile})`,
    );
    const ticker = setInterval(
      () => log(`  still building the Temporal CLI, ${seconds()} s`),
      progressEveryMs,
    );
    try {
      const flags = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${temporalVersion}`;
      const args = [
        'build',
        '-trimpath',
        `-ldflags=${flags}`,
        '-o',
        temporary,
        'github.com/temporalio/cli/cmd/temporal',
      ];
      const child = spawn(go.path, args, { cwd: modulePath, env, stdio: ['ignore', output.fd, output.fd] });
      await once(child, 'exit');
      if (child.exitCode !== 0) throw new Error(`go build failed after ${seconds()} s, see ${logFile}`);
      log(`  built in ${seconds()} s`);
    } finally {
      clearInterval(ticker);
      await output.close();
    }
  });
}

async function findGo(env: NodeJS.ProcessEnv): Promise<{ path: string; version: string }> {
  let found: string | undefined;
  for (const path of ['go', '/usr/local/go/bin/go']) {
    const said = await promisify(execFile)(path, ['env', 'GOVERSION'], { env, cwd: '/' }).catch(
      () => undefined,
    );
    const version = said?.stdout.trim();
    if (version === undefined) continue;
    found ??= version;
    const [major = 0, minor = 0] = version.replace(/^go/u, '').split('.').map(Number);
    if (major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1])) return { path, version };
  }
  if (found !== undefined)
    throw new Error(`${found} is too old, ${oldestGo.join('.')} is the oldest that will do`);
  throw new Error('there is no Go, neither on PATH nor in /usr/local/go/bin');
}
