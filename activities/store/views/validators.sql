-- Each validator of a run, over all answers it was asked to score: how many, how many whole, and its mean score.
create or replace view validators as
select
  run,
  validator,
  max(model) as model,
  count(*)::integer as scores,
  (count(*) filter (score is null))::integer as missing,
  avg(score) as mean_score
from score_sheets
where stage <> 'lesson_scores'
group by run, validator
