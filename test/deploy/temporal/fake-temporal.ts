/** Executables that answer as the Temporal CLI does, made of a few lines of shell. */
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'prose-temporal-'));
}

export function fakeTemporalScript(version: string, help = '--db-filename string'): string {
  return `#!/bin/sh\nif [ "$1" = --version ]; then echo "temporal version ${version} (Server 1, UI 2)"; else echo "${help}"; fi\n`;
}

export async function writeExecutable(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await chmod(path, 0o755);
  return path;
}
