/** Where the large payloads of all tests of a process lie: what one has put there another may replay. */
import { createPayloadStorage } from '../../workers/payload-storage.ts';
import { createMemoryStore } from './memory-store.ts';

export const store = createMemoryStore();
export const payloads = createPayloadStorage(store, 'test');
