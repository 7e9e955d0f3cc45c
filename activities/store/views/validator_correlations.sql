-- How alike two validators order the answers of a run: Pearson's correlation of their mean scores.
create or replace view validator_correlations as
with scored as (from score_sheets where stage = 'validator_scores')
select
  run,
  one.validator as validator,
  other.validator as other,
  count(*)::integer as answers,
  -- Without any spread on one side there is none.
  case when stddev_pop(one.score) > 0 and stddev_pop(other.score) > 0 then corr(one.score, other.score) end as correlation
from scored as one
join scored as other using (run, base_prompt_idx, prompt_variation_idx, sample_idx)
where one.validator < other.validator and one.score is not null and other.score is not null
group by run, one.validator, other.validator
