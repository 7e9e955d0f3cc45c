import type { Settings } from '../../configs/settings/types.ts';
import type { ActivityContext } from '../activity.ts';
import type { PromptFields } from '../imports/prompt-fields.ts';
import type { Rewriter } from '../trainers/rewriter.ts';
import { optimizerRequest } from './optimizer-request.ts';
import { rewrite, rewritePlainly, type Rewrite } from './rewrite.ts';

/** One rewriting of a prompt by an optimizer. */
export interface OptimizerRewrite {
  readonly basePrompt: string;
  /** Other columns of its row in the prompts file. Default: none. */
  readonly fields?: PromptFields;
  /** Number of the rewriting among those of the prompt, from 0. */
  readonly index: number;
  /** Null = untrained. */
  readonly rewriter: Rewriter | null;
  /** Those that a model is asked with. */
  readonly settings: Settings;
  readonly seed: number;
  /** Names the call in the ledger. */
  readonly key: string;
}

/** What the optimizer writes by itself, or else the prompt-optimization model for it. */
export async function rewriteWith(
  context: Pick<ActivityContext, 'models' | 'signal'>,
  { basePrompt, fields, index, rewriter, settings, seed, key }: OptimizerRewrite,
): Promise<Rewrite> {
  const written = rewriter?.write?.(basePrompt, index, fields);
  if (written === undefined) {
    const request = optimizerRequest(settings, rewriter, basePrompt, seed, key);
    return 'question' in request ? rewritePlainly(context, request) : rewrite(context, request);
  }
  return { prompt: written, error: written === null ? 'NO_REWRITE' : null, errorMessage: null, calls: [] };
}
