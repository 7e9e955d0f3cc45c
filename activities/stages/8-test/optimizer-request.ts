import type { Settings } from '../../../configs/settings/types.ts';
import type { RankerModel } from '../../trainers/ranker/model.ts';
import type { RewriteRequest } from '../2-variations/rewrite.ts';
import { lessons } from '../../trainers/ranker/model.ts';

/** Most lessons told to the prompt-optimization model at once. */
const maxLessons = 8;

/**
 * One request to the prompt-optimization model: the base prompt, and what training found to help and to hurt.
 * @param model null = untrained: it is told that nothing was found
 */
export function optimizerRequest(
  settings: Settings,
  model: RankerModel | null,
  basePrompt: string,
  seed: number,
  key: string,
): RewriteRequest {
  const learned = model === null ? [] : lessons(model, maxLessons);
  return {
    role: 'prompt_optimization',
    config: settings.promptOptimization,
    text: settings.texts.prompt_optimization_model_input,
    values: {
      base_prompt: basePrompt,
      lessons:
        learned.length > 0
          ? learned.map((lesson) => `- ${lesson}`).join('\n')
          : '- Nothing was found to help or to hurt.',
    },
    seed,
    key,
  };
}
