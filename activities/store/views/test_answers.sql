-- One row per validator's scores of one answer of one arm on a held-out base prompt: what test_results.parquet holds.
create or replace view test_answers as
select
  score.run,
  base_prompt_idx,
  prompt.arm,
  sample_idx,
  score.validator,
  base.topic,
  base.base_prompt,
  prompt.prompt_variation as prompt,
  answer.model_output,
  {{ score.criteria_# }},
  score.criteria_count,
  score.error
from test_scores as score
join test_outputs as answer using (run, base_prompt_idx, prompt_variation_idx, sample_idx)
join test_prompts as prompt using (run, base_prompt_idx, prompt_variation_idx)
join base_prompts as base using (run, base_prompt_idx)
