-- One row per variation and sample of it; criteria_k are the scores of the three validators, in their order.
create or replace view scores_by_variation as
select
  run,
  {'base_prompt_idx': base_prompt_idx, 'prompt_variation_idx': prompt_variation_idx} as bpv_idx,
  sample_idx,
  [max(criteria_1) filter (validator = 1), max(criteria_1) filter (validator = 2), max(criteria_1) filter (validator = 3)] as criteria_1,
  [max(criteria_2) filter (validator = 1), max(criteria_2) filter (validator = 2), max(criteria_2) filter (validator = 3)] as criteria_2,
  [max(criteria_3) filter (validator = 1), max(criteria_3) filter (validator = 2), max(criteria_3) filter (validator = 3)] as criteria_3,
  [max(criteria_4) filter (validator = 1), max(criteria_4) filter (validator = 2), max(criteria_4) filter (validator = 3)] as criteria_4,
  [max(criteria_5) filter (validator = 1), max(criteria_5) filter (validator = 2), max(criteria_5) filter (validator = 3)] as criteria_5
from validator_scores
group by run, base_prompt_idx, prompt_variation_idx, sample_idx
