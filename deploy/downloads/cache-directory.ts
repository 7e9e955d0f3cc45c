import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder of what is downloaded once for a person: `$XDG_CACHE_HOME/prose`, else `~/.cache/prose`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'prose');
}
