import type { Settings } from '../../configs/settings/types.ts';
import type { RewriteRequest } from './rewrite.ts';
import type { Rewriter } from '../trainers/rewriter.ts';
import { askWithLessons } from '../trainers/rewriter.ts';

/**
 * One request to the prompt-optimization model.
 * @param rewriter null = untrained: the model is told that nothing was found
 */
export function optimizerRequest(
  settings: Settings,
  rewriter: Rewriter | null,
  basePrompt: string,
  seed: number,
  key: string,
): RewriteRequest {
  const question = rewriter?.ask(basePrompt, settings) ?? askWithLessons(basePrompt, settings, []);
  return { role: 'prompt_optimization', ...question, seed, key };
}
