/** The loading and checking of definitions in a thread of their own, which remembers what it has checked. */
import { DefinitionCache, loadPlan } from '../../definitions/load.ts';
import { ContentCache } from '../../definitions/loading/content-cache.ts';
import type { ActivityCatalogue } from '../../definitions/model/types.ts';
import { answer } from '../concurrency/answer.ts';
import type { PlanRequest } from './plan-loader.ts';

const cache = new DefinitionCache();
/** Each request brings a copy of its catalogue; the cache of definitions tells catalogues apart by identity. */
const catalogues = new ContentCache<ActivityCatalogue>();

answer(({ root, name, context }: PlanRequest) => {
  const catalogue = catalogues.get([...context.catalogue], () => context.catalogue);
  return loadPlan(root, name, { ...context, catalogue }, cache);
});
