import { resolve } from 'node:path';
import type { Backend } from './backend.ts';
import { createLocalBackend } from './backends/local/local-backend.ts';

/** Where the data of the project at `root` lies: below the root itself. */
export function openBackend(root: string): Backend {
  return createLocalBackend(resolve(root));
}
