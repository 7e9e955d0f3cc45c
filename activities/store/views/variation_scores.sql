-- The score of each variation: the mean over its samples, judges and criteria, missing scores and gates left out; its gain
-- over the untouched base prompt (variation -1) as the same validators see both.
create or replace view variation_scores as
with by_validator as (
  select run, base_prompt_idx, prompt_variation_idx, validator,
    avg(score) as score
  from score_sheets
  where stage = 'validator_scores' and scored_by is distinct from 'gate'
  group by run, base_prompt_idx, prompt_variation_idx, validator
),
with_base as (
  select one.*, base.score as base_score
  from by_validator as one
  left join by_validator as base
    on one.run = base.run and one.base_prompt_idx = base.base_prompt_idx and one.validator = base.validator
    and base.prompt_variation_idx = -1
)
select run, base_prompt_idx, prompt_variation_idx, avg(score) as score, avg(score - base_score) as gain
from with_base
group by run, base_prompt_idx, prompt_variation_idx
