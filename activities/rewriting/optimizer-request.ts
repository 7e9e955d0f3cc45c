import type { Settings } from '../../configs/settings/types.ts';
import type { PlainRewriteRequest, RewriteRequest } from './rewrite.ts';
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
): RewriteRequest | PlainRewriteRequest {
  const question = rewriter?.ask(basePrompt, settings) ?? askWithLessons(basePrompt, settings, []);
  const whose = { role: 'prompt_optimization', seed, key } as const;
  return 'question' in question ? { ...whose, ...question, basePrompt } : { ...whose, ...question };
}
