import type { Settings } from '../../configs/settings/types.ts';
import type { Value } from '../../definitions/model/types.ts';
import { assignSplits } from './1-base-prompts/splits.ts';

/** How many pairs a run of `prose` can learn from at the very most. */
export interface MostPairs {
  readonly trainPrompts: number;
  readonly pairs: number;
}

/**
 * The training prompts of a run, and the pairs that they make if every variation differs. Of one prompt that is no more
 * than `maxPerPrompt`, and no more than there are wordings, since each takes part in two pairs at most.
 *
 * @param topics of the user's own prompts, one each; undefined = they are generated.
 */
export function mostPairs(
  params: { readonly [name: string]: Value },
  settings: Settings,
  topics?: readonly string[],
): MostPairs {
  const { basePrompt, promptOptimization } = settings;
  const ofPrompts = topics ?? generatedTopics(Number(params['basePrompts']), basePrompt.promptsPerTopic);
  const splits = assignSplits([...new Set(ofPrompts)], basePrompt.splits, Number(params['seed'] ?? 0));
  const trainPrompts = ofPrompts.filter((topic) => splits.get(topic) === 'train').length;
  const perPrompt = Math.min(promptOptimization.pairs.maxPerPrompt, Number(params['variations']) + 1);
  return { trainPrompts, pairs: trainPrompts * perPrompt };
}

function generatedTopics(count: number, perTopic: number): string[] {
  return Array.from({ length: count }, (_, index) => `topic ${Math.floor(index / perTopic)}`);
}
