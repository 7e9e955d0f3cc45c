-- Each sentinel beside the validator's own score of the real answer it was made from: `planted` and `real` are means over
-- the criteria (of `single`, the one criterion; `others` is then the mean of the other four of the real answer). `passed`: a
-- `worse` or `bribed` one was scored below the real answer, a `twin` within half a point; null where a score is missing.
create or replace view sentinel_results as
with scores as (
  select 'validator_scores' as stage, * from validator_scores
  union all by name
  select 'lesson_scores' as stage, * from lesson_scores
  union all by name
  select 'test_scores' as stage, * from test_scores
),
compared as (
  select sentinel.run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator, kind, criterion,
    case when kind = 'single'
      then coalesce(sentinel.criteria_1, sentinel.criteria_2, sentinel.criteria_3, sentinel.criteria_4, sentinel.criteria_5)
      else (sentinel.criteria_1 + sentinel.criteria_2 + sentinel.criteria_3 + sentinel.criteria_4 + sentinel.criteria_5) / 5
    end as planted,
    (score.criteria_1 + score.criteria_2 + score.criteria_3 + score.criteria_4 + score.criteria_5) / 5 as whole,
    case criterion
      when 'criteria_1' then score.criteria_1
      when 'criteria_2' then score.criteria_2
      when 'criteria_3' then score.criteria_3
      when 'criteria_4' then score.criteria_4
      when 'criteria_5' then score.criteria_5
    end as part
  from sentinels as sentinel
  join scores as score using (run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator)
)
select run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator, kind, criterion, planted,
  coalesce(part, whole) as real,
  (5 * whole - part) / 4 as others,
  case when kind = 'twin' then abs(planted - whole) <= 0.5 when kind <> 'single' then planted < whole end as passed
from compared
