/** What runs hand from one execution to the next, where it is too large for a payload. */
import type { Store } from './store/store.ts';

/** By Temporal's names; durable. Doing either twice leaves what doing it once leaves: a piece lies under its digest. */
export interface MemoryActivities {
  /** Keeps a piece of text and returns its digest. */
  readonly writeMemory: (request: { readonly text: string }) => Promise<string>;
  /** Throws `StoreError` `NO_SUCH_OBJECT`. */
  readonly readMemory: (request: { readonly digest: string }) => Promise<string>;
}

export function createMemoryActivities(store: Pick<Store, 'putObject' | 'getObject'>): MemoryActivities {
  return {
    writeMemory: ({ text }) => store.putObject(text),
    readMemory: async ({ digest }) => String(await store.getObject(digest)),
  };
}
