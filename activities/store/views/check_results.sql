-- What each check of a run said of each answer: score 0 to 1, with its reason, or with why it could not say. stage: whether the
-- answer was explored (validator_scores), asked for a lesson (lesson_scores) or tested (test_scores). gated: it did not pass a gate, and was not looked at.
create or replace view check_results as
select
  run,
  stage,
  base_prompt_idx,
  prompt_variation_idx,
  sample_idx,
  split_part(model, ':', 2) as name,
  validator,
  model like 'gate:%' as is_gate,
  scored_by is not distinct from 'gated' as gated,
  (criteria_1 - 1) / 4 as score,
  reason,
  error,
  error_message
from score_sheets
where model like 'check:%' or model like 'gate:%'
