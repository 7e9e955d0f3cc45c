/** A store of objects that lasts as long as its process. */
import { digest } from '../../activities/store/digest.ts';
import type { Store } from '../../activities/store/store.ts';

export function createMemoryStore(): Pick<Store, 'putObject' | 'getObject'> {
  const objects = new Map<string, unknown>();
  return {
    putObject: async (value) => {
      const key = digest(value);
      objects.set(key, value);
      return key;
    },
    getObject: async (key) => objects.get(key),
  };
}
