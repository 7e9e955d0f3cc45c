-- Each sentinel beside the validator's own score of the real answer it was made from: `planted` and `real` are means over
-- the criteria (of `single`, the one criterion; `others` is then the mean of the others of the real answer). `passed`: a
-- `worse` or `bribed` one was scored below the real answer, a `twin` within half a point; null where a score is missing.
create or replace view sentinel_results as
with compared as (
  select sentinel.run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator, kind, criterion,
    -- A sentinel is scored whole or not at all, and `single` by one criterion alone.
    case when kind = 'single' or sentinel.error is null
      then list_avg([sentinel.criteria_1, sentinel.criteria_2, sentinel.criteria_3, sentinel.criteria_4, sentinel.criteria_5, sentinel.criteria_6, sentinel.criteria_7, sentinel.criteria_8, sentinel.criteria_9, sentinel.criteria_10, sentinel.criteria_11, sentinel.criteria_12])
    end as planted,
    score.score as whole,
    coalesce(score.criteria_count, 5) as n,
    case criterion
      when 'criteria_1' then score.criteria_1
      when 'criteria_2' then score.criteria_2
      when 'criteria_3' then score.criteria_3
      when 'criteria_4' then score.criteria_4
      when 'criteria_5' then score.criteria_5
      when 'criteria_6' then score.criteria_6
      when 'criteria_7' then score.criteria_7
      when 'criteria_8' then score.criteria_8
      when 'criteria_9' then score.criteria_9
      when 'criteria_10' then score.criteria_10
      when 'criteria_11' then score.criteria_11
      when 'criteria_12' then score.criteria_12
    end as part
  from sentinels as sentinel
  join score_sheets as score using (run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator)
)
select run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator, kind, criterion, planted,
  coalesce(part, whole) as real,
  (n * whole - part) / nullif(n - 1, 0) as others,
  case when kind = 'twin' then abs(planted - whole) <= 0.5 when kind <> 'single' then planted < whole end as passed
from compared
