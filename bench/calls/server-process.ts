/** Servers in processes of their own, so that they share no event loop with the client that is measured. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** Base URL ending in `/v1`. */
  readonly endpoint: string;
  stop(): void;
}

/** @param file relative to this folder; prints a JSON line with its `endpoint` once it listens. */
export async function startServerProcess(file: string, args: readonly string[] = []): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { endpoint }: { endpoint: string } = JSON.parse(line);
    return { endpoint, stop: () => void child.kill() };
  }
  throw new Error(`${file} ended before it listened.`);
}
