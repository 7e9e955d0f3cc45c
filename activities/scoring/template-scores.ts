/** How the templates of a run fared on the prompts of a split. */
import { LEAST_SCORE } from '../../configs/settings/criteria.ts';
import type { ActivityContext } from '../activity.ts';
import { learningValidators } from './validator-trust.ts';

/** A prompt put into one template. */
export interface TemplateScore {
  readonly templateIdx: number;
  readonly basePromptIdx: number;
  /** In points of the rubric's scale, 1 to 5. */
  readonly score: number;
  /** Of the user's own template. */
  readonly untouched: number;
}

/** There is no sheet where nothing was scored: an answer that ran into its limit, say. It has the least score. */
const query = `
  with heard as (
    select base_prompt_idx, prompt_variation_idx, avg(score) as score
    from score_sheets
    where run = $run and stage = 'validator_scores' and scored_by is distinct from 'gate'
      and list_contains($validators, validator)
    group by all
  ),
  scores as (
    select v.prompt_variation_idx as template_idx, v.base_prompt_idx, coalesce(h.score, ${LEAST_SCORE}) as score
    from prompt_variations v
    join base_prompts p using (run, base_prompt_idx)
    left join heard h using (base_prompt_idx, prompt_variation_idx)
    where v.run = $run and p.split = $split
  )
  select one.template_idx, one.base_prompt_idx, one.score, untouched.score as untouched
  from scores one
  join scores untouched on untouched.base_prompt_idx = one.base_prompt_idx and untouched.template_idx = -1
  where one.template_idx >= 0
  order by one.template_idx, one.base_prompt_idx`;

/** By the judges that learning may hear: the verdict rests on the others. */
export async function readTemplateScores(
  split: 'train' | 'select',
  context: Pick<ActivityContext, 'store' | 'run' | 'settings' | 'log'>,
): Promise<readonly TemplateScore[]> {
  const { store, run } = context;
  const rows = await store.query(query, {
    run: run.runId,
    split,
    validators: await learningValidators(context),
  });
  return rows.map((row) => ({
    templateIdx: Number(row['template_idx']),
    basePromptIdx: Number(row['base_prompt_idx']),
    score: Number(row['score']),
    untouched: Number(row['untouched']),
  }));
}

/**
 * By template, its mean gain over the user's own, as if it had been tried on `prior` more prompts without any: of several, the one
 * that luck helped most looks best.
 */
export function shrunkGains(scores: readonly TemplateScore[], prior: number): ReadonlyMap<number, number> {
  const sums = new Map<number, { gain: number; prompts: number }>();
  for (const { templateIdx, score, untouched } of scores) {
    const { gain, prompts } = sums.get(templateIdx) ?? { gain: 0, prompts: 0 };
    sums.set(templateIdx, { gain: gain + score - untouched, prompts: prompts + 1 });
  }
  return new Map([...sums].map(([index, { gain, prompts }]) => [index, gain / (prompts + prior)]));
}
