import type { ActivityContract } from './types.ts';

/** Why no task of this activity can be cached, as the end of a sentence; undefined if it can. */
export function whyNotCacheable({ cacheable }: Pick<ActivityContract, 'cacheable'>): string | undefined {
  if (cacheable === true) return undefined;
  return cacheable ?? "its contract does not say 'cacheable: true'";
}
