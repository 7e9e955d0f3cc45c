import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from './backend.ts';
import { createLocalBackend } from './backends/local/local-backend.ts';
import { StoreError } from './store-error.ts';

/** The back ends: the only list of them. Each opens the places whose URLs have its scheme. */
const backends: { readonly [scheme: string]: (place: URL) => Backend } = {
  file: (place) => createLocalBackend(fileURLToPath(place)),
};

/** How a URL begins; a folder of Windows, `C:\data`, begins with no scheme. */
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/**
 * Opens the place where the data of a project lies: a folder of this machine, or a URL.
 *
 * @throws StoreError `UNKNOWN_BACKEND` for a URL of a scheme that no back end has.
 */
export function openBackend(place: string): Backend {
  const scheme = SCHEME.exec(place)?.[1]?.toLowerCase();
  if (scheme === undefined) return createLocalBackend(resolve(place));
  const open = Object.hasOwn(backends, scheme) ? backends[scheme] : undefined;
  if (open !== undefined) return open(new URL(place));
  const known = Object.keys(backends).join(', ');
  throw new StoreError('UNKNOWN_BACKEND', `No back end opens ${scheme}:// places; there are: ${known}.`);
}
