import type { Adapters } from '../../activities/inference/adapters.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('These models have no adapters.'));

/** Of models that are played. */
export const noAdapters: Adapters = { load: refuse, unload: refuse, list: refuse };
