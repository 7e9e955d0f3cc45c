/** The project's store, for verbs about versions. */
import type { Store } from '../activities/store/store.ts';
import { wrongInput } from './cli-error.ts';
import type { Cli } from './cli.ts';

/** Throws `CliError` `WRONG_INPUT` with what the store says of a wish that it cannot grant, such as a version that is not there. */
export async function withStore<T>(cli: Cli, work: (store: Store) => Promise<T>): Promise<T> {
  const [{ createStore }, { StoreError }] = await Promise.all([
    import('../activities/store/create-store.ts'),
    import('../activities/store/store-error.ts'),
  ]);
  const store = await createStore({ root: cli.root });
  try {
    return await work(store);
  } catch (error) {
    if (error instanceof StoreError) throw wrongInput(error.message);
    throw error;
  } finally {
    await store.close();
  }
}
