-- Each sentinel beside the validator's own score of the real answer it was made from: `planted` and `real` are means over
-- the criteria (of `single`, the one criterion; `others` is then the mean of the others of the real answer). `passed`: a
-- `worse` or `bribed` one was scored below the real answer, a `twin` within half a point; null where a score is missing.
create or replace view sentinel_results as
with compared as (
  select sentinel.run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator, kind, criterion,
    -- A sentinel is scored whole or not at all, and `single` by one criterion alone.
    case when kind = 'single' or sentinel.error is null
      then list_avg([{{ sentinel.criteria_# }}])
    end as planted,
    score.score as whole,
    coalesce(score.criteria_count, 5) as n,
    [{{ score.criteria_# }}][try_cast(split_part(criterion, '_', 2) as integer)] as part
  from sentinels as sentinel
  join score_sheets as score using (run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator)
)
select run, stage, base_prompt_idx, prompt_variation_idx, sample_idx, validator, kind, criterion, planted,
  coalesce(part, whole) as real,
  (n * whole - part) / nullif(n - 1, 0) as others,
  case when kind = 'twin' then abs(planted - whole) <= 0.5 when kind <> 'single' then planted < whole end as passed
from compared
