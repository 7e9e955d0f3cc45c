/** Promotes versions one after another: `promoting-process.ts ROOT VERSION…`. */
import { createStore } from '../../../activities/store/create-store.ts';
import { promoteVersion } from '../../../activities/store/model-registry.ts';

const [root = '', ...versions] = process.argv.slice(2);
const store = await createStore({ root });
for (const version of versions) await promoteVersion(store, 'prompt_optimization', version, `run-${version}`);
await store.close();
