/** One rewriting of a held-out base prompt by an optimizer: a row of `test_rewrites`. */
import type { Settings } from '../../configs/settings/types.ts';
import type { ActivityContext } from '../activity.ts';
import type { ItemOutcome } from '../inference/run-shard.ts';
import type { Rewriter } from '../trainers/rewriter.ts';
import { optimizerRequest } from './optimizer-request.ts';
import { rewrite } from './rewrite.ts';

export interface HeldOutRewrite {
  readonly basePromptIdx: number;
  readonly basePrompt: string;
  /** Number of the row among those of its base prompt. */
  readonly rewriteIdx: number;
  /** Null = untrained. */
  readonly rewriter: Rewriter | null;
  /** Those that the optimizer is asked with. */
  readonly settings: Settings;
  readonly seed: number;
  /** Names the call in the ledger. */
  readonly key: string;
}

/** Never throws for an unusable answer: the row says why. */
export async function rewriteHeldOut(
  { basePromptIdx, basePrompt, rewriteIdx, rewriter, settings, seed, key }: HeldOutRewrite,
  context: ActivityContext,
): Promise<ItemOutcome<'test_rewrites'>> {
  const { prompt, error, errorMessage, calls } = await rewrite(
    context,
    optimizerRequest(settings, rewriter, basePrompt, seed, key),
  );
  const row = {
    base_prompt_idx: basePromptIdx,
    rewrite_idx: rewriteIdx,
    rewrite: prompt,
    ranker_score: prompt === null ? null : (rewriter?.score(basePrompt, [prompt])[0] ?? null),
    error,
    error_message: errorMessage,
    model: settings.promptOptimization.model.name,
    seed,
  };
  return { rows: [row], calls };
}
