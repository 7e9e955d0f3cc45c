/** What the main model's fine-tuning learns from: its own answers, by what they are worth. */
import type { Store } from '../../store/store.ts';
import { criteriaMean, criteriaSum } from '../../scoring/criteria-sql.ts';
import type { FineTuningConfig, Split } from '../../../configs/settings/types.ts';

/** One of the best answers to a base prompt, whatever wording got it. */
export interface BestAnswer {
  readonly basePromptIdx: number;
  /** Untouched: what the model is to answer as well. */
  readonly basePrompt: string;
  readonly topic: string;
  readonly answer: string;
  /** Mean over validators and criteria, in points of the scale. */
  readonly score: number;
  /** The worst answer to the same base prompt; null where none was worse by `minMargin`. */
  readonly worst: string | null;
}

/** Least difference of two answers that are told apart, in points. */
const MIN_MARGIN = 0.5;

const query = `
  with scored as (
    select p.base_prompt_idx, p.base_prompt, p.topic, o.model_output, s.score,
      row_number() over (partition by p.base_prompt_idx order by s.score desc, s.prompt_variation_idx, s.sample_idx) as place,
      row_number() over (partition by p.base_prompt_idx order by s.score, s.prompt_variation_idx, s.sample_idx) as from_below
    from (
      select base_prompt_idx, prompt_variation_idx, sample_idx,
        avg(${criteriaMean()}) as score
      from validator_scores where run = $run and list_contains($validators, validator)
      group by all having count(${criteriaSum()}) = count(*)
    ) s
    join model_outputs o using (base_prompt_idx, prompt_variation_idx, sample_idx)
    join base_prompts p using (base_prompt_idx)
    where o.run = $run and p.run = $run and p.split = $split and o.error is null and o.finish_reason is distinct from 'length'
  )
  select b.*, case when w.score <= b.score - ${MIN_MARGIN} then w.model_output end as worst
  from scored b join scored w on w.base_prompt_idx = b.base_prompt_idx and w.from_below = 1
  where b.place <= $maxPerPrompt and b.score >= $minScore
  order by b.base_prompt_idx, b.place`;

/** @param validators that learning may hear. */
export async function readBestAnswers(
  store: Store,
  {
    run,
    split,
    validators,
  }: { readonly run: string; readonly split: Split; readonly validators: readonly number[] },
  { minScore, maxPerPrompt }: Pick<FineTuningConfig, 'minScore' | 'maxPerPrompt'>,
): Promise<BestAnswer[]> {
  const rows = await store.query(query, { run, split, validators: [...validators], minScore, maxPerPrompt });
  return rows.map((row) => ({
    basePromptIdx: Number(row['base_prompt_idx']),
    basePrompt: String(row['base_prompt']),
    topic: String(row['topic']),
    answer: String(row['model_output']),
    score: Number(row['score']),
    worst: typeof row['worst'] === 'string' ? row['worst'] : null,
  }));
}
