/** Where a run's definition and settings come from: the project's files, or for a run inside a run what that has pinned. */
import { ApplicationFailure } from '@temporalio/activity';
import { ConfigCache, loadSettings } from '../../configs/load.ts';
import type { Settings, SettingsOverrides } from '../../configs/settings/types.ts';
import { callsOf } from '../../definitions/model/walk-tasks.ts';
import type { ActivityCatalogue, Definition } from '../../definitions/model/types.ts';
import { trainers } from '../trainers/index.ts';
import { PlanLoader } from './plan-loader.ts';
import { demand } from './refuse.ts';
import type { Store } from '../store/store.ts';

/**
 * What a run with `workflow` tasks pins for the runs that it will start, and these for theirs: the definitions as they are
 * now, and the settings. Durable: it lies in the store.
 */
export interface PinnedPlans {
  readonly definitions: { readonly [name: string]: Definition };
  readonly settingsDigest: string;
}

export interface ResolvedPlan {
  readonly definition: Definition;
  readonly settings: Settings;
  /** The settings lie in the store under it. */
  readonly settingsDigest: string;
  /** The `PinnedPlans` lie in the store under it. Left out where the definition runs no other. */
  readonly plans?: string;
}

/** A function that finds the definition with a name, and the settings. Throws as `pinRun`. */
export function createPlanResolver(
  root: string,
  store: Pick<Store, 'putObject' | 'getObject'>,
  catalogue: ActivityCatalogue,
): (name: string, options: SettingsOverrides & { readonly plans?: string }) => Promise<ResolvedPlan> {
  const loader = new PlanLoader();
  const configs = new ConfigCache();
  const fromFiles = async (name: string, overrides: SettingsOverrides): Promise<ResolvedPlan> => {
    const loaded = await loadSettings(root, overrides, trainers, configs);
    const settings = demand('INVALID_CONFIG', 'The configs are not valid', loaded);
    const settingsDigest = await store.putObject(settings);
    const context = { catalogue, queues: Object.keys(settings.queues) };
    const loadedPlan = await loader.load({ root, name, context });
    const isUnknown = !loadedPlan.ok && loadedPlan.problems.some(({ code }) => code === 'UNKNOWN_DEFINITION');
    const code = isUnknown ? 'UNKNOWN_DEFINITION' : 'INVALID_DEFINITION';
    const { definition, definitions } = demand(code, `The definition '${name}' cannot be run`, loadedPlan);
    const resolved = { definition, settings, settingsDigest };
    if (definitions.size === 0) return resolved;
    const plans: PinnedPlans = { definitions: Object.fromEntries(definitions), settingsDigest };
    return { ...resolved, plans: await store.putObject(plans) };
  };
  const fromPlans = async (name: string, plans: string): Promise<ResolvedPlan> => {
    const { definitions, settingsDigest } = (await store.getObject(plans)) as PinnedPlans;
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (definition === undefined) {
      const message = `The run that starts '${name}' has not pinned it.`;
      throw ApplicationFailure.nonRetryable(message, 'UNKNOWN_DEFINITION');
    }
    const settings = (await store.getObject(settingsDigest)) as Settings;
    const resolved = { definition, settings, settingsDigest };
    return callsOf(definition).length === 0 ? resolved : { ...resolved, plans };
  };
  return (name, { plans, ...overrides }) =>
    plans === undefined ? fromFiles(name, overrides) : fromPlans(name, plans);
}
