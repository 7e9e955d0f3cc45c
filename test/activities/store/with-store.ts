import { createStore } from '../../../activities/store/create-store.ts';
import type { Store } from '../../../activities/store/store.ts';
import { withTemporaryRoot } from './temporary-root.ts';

/** Does something with a store in a project of its own, which is removed afterwards. */
export function withStore(work: (store: Store, root: string) => Promise<void>): Promise<void> {
  return withTemporaryRoot(async (root) => {
    const store = await createStore({ root });
    try {
      await work(store, root);
    } finally {
      await store.close();
    }
  });
}
