/** One rewriting of a held-out base prompt by an optimizer: a row of `test_rewrites`. */
import type { ActivityContext } from '../activity.ts';
import type { ItemOutcome } from '../inference/run-shard.ts';
import { rewriteWith, type OptimizerRewrite } from './rewrite-with.ts';

export interface HeldOutRewrite extends OptimizerRewrite {
  readonly basePromptIdx: number;
  /** Number of the row among those of its base prompt, of whichever optimizer. */
  readonly rewriteIdx: number;
}

/** Never throws for an unusable answer: the row says why. */
export async function rewriteHeldOut(
  { basePromptIdx, rewriteIdx, ...one }: HeldOutRewrite,
  context: ActivityContext,
): Promise<ItemOutcome<'test_rewrites'>> {
  const { basePrompt, fields, rewriter, settings, seed } = one;
  const { prompt, error, errorMessage, calls } = await rewriteWith(context, one);
  const row = {
    base_prompt_idx: basePromptIdx,
    rewrite_idx: rewriteIdx,
    rewrite: prompt,
    ranker_score: prompt === null ? null : (rewriter?.score(basePrompt, [prompt], fields)[0] ?? null),
    error,
    error_message: errorMessage,
    model: rewriter?.write === undefined ? settings.promptOptimization.model.name : '',
    seed,
  };
  return { rows: [row], calls };
}
