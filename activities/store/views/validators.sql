-- Each validator of a run, over all answers it was asked to score: how many, how many whole, and its mean score.
create or replace view validators as
select
  run,
  validator,
  max(model) as model,
  count(*)::integer as scores,
  (count(*) filter (criteria_1 + criteria_2 + criteria_3 + criteria_4 + criteria_5 is null))::integer as missing,
  avg((criteria_1 + criteria_2 + criteria_3 + criteria_4 + criteria_5) / 5) as mean_score
from (from validator_scores union all by name from test_scores)
group by run, validator
