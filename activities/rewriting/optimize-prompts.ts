import type { Settings } from '../../configs/settings/types.ts';
import type { ModelClient } from '../inference/model-client.ts';
import type { Store } from '../store/store.ts';
import { ActivityError } from '../attempts/errors.ts';
import { mapConcurrently } from '../concurrency/map-concurrently.ts';
import { deriveSeed } from '../randomness/seed.ts';
import { settingsOfVersion } from './champion-settings.ts';
import type { Champion } from '../store/champions.ts';
import { readChampion, readManifest } from '../store/model-registry.ts';
import { rank } from '../trainers/rewriter.ts';
import { openOptimizer } from './open-optimizer.ts';
import { rewriteWith } from './rewrite-with.ts';

export interface OptimizeDependencies {
  readonly store: Store;
  readonly models: ModelClient;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

export interface OptimizedPrompt {
  readonly prompt: string;
  /** The prompt itself when nothing better was found. */
  readonly optimized: string;
  /** The champion that made it. */
  readonly version: string;
  /** Log-odds, by what was trained, that it is preferred to the untouched prompt; 0 when nothing better was found. */
  readonly score: number;
  readonly changed: boolean;
  /** The champion learned from simulated models: it knows nothing of a real one. */
  readonly simulatedTraining: boolean;
}

/** The promoted optimizer. @throws ActivityError `NO_CHAMPION` when no run has promoted one yet */
export async function demandChampion(store: Store): Promise<Champion> {
  const champion = await readChampion(store, 'prompt_optimization');
  if (champion) return champion;
  throw new ActivityError(
    'NO_CHAMPION',
    'No prompt-optimization model has been promoted yet. Train one: npx prose run prose',
  );
}

/**
 * The champion at work: rewrites each prompt several times and keeps the wording that the trained version puts first.
 * The same prompt and champion ask for the same rewritings. The model is asked as it was when the champion was tested
 * (`settingsOfVersion`); which server and model answer is decided by the settings given.
 * @throws ActivityError `NO_CHAMPION` when no run has promoted an optimizer yet
 */
export async function optimizePrompts(
  prompts: readonly string[],
  dependencies: OptimizeDependencies,
): Promise<OptimizedPrompt[]> {
  const { store, models, signal } = dependencies;
  const champion = await demandChampion(store);
  const { rewriter, settings } = await openOptimizer(
    dependencies,
    champion.version,
    await settingsOfVersion(store, 'prompt_optimization', champion.version, dependencies.settings),
  );
  const { simulated } = await readManifest(store, 'prompt_optimization', champion.version);
  const { rewrites, request } = settings.promptOptimization;
  const asked = prompts.flatMap((prompt) =>
    Array.from({ length: rewrites }, (_, index) => ({ prompt, index })),
  );
  const results = await mapConcurrently(asked, request.concurrency, signal, ({ prompt, index }) =>
    rewriteWith(
      { models, signal },
      {
        basePrompt: prompt,
        index,
        rewriter,
        settings,
        seed: deriveSeed(0, prompt, index),
        key: String(index),
      },
    ),
  );
  return prompts.map((prompt, index) => {
    const usable = results
      .slice(index * rewrites, (index + 1) * rewrites)
      .flatMap((result) => result.prompt ?? []);
    const best = rank(rewriter, prompt, usable)[0] ?? { prompt, score: 0 };
    return {
      prompt,
      optimized: best.prompt,
      version: champion.version,
      score: best.score,
      changed: best.prompt !== prompt,
      simulatedTraining: simulated,
    };
  });
}
