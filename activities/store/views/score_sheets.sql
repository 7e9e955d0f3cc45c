-- Every score sheet, of answers explored, asked for lessons, and tested (stage: the table that it stands in), with its mean over the criteria of the
-- rubric that it went by: null where one of them is missing.
create or replace view score_sheets as
select run, stage, * exclude (run, stage),
  case when (criteria_1 is not null)::integer + (criteria_2 is not null)::integer + (criteria_3 is not null)::integer + (criteria_4 is not null)::integer + (criteria_5 is not null)::integer + (criteria_6 is not null)::integer
    + (criteria_7 is not null)::integer + (criteria_8 is not null)::integer + (criteria_9 is not null)::integer + (criteria_10 is not null)::integer + (criteria_11 is not null)::integer + (criteria_12 is not null)::integer
      = coalesce(criteria_count, 5)
    then (coalesce(criteria_1, 0) + coalesce(criteria_2, 0) + coalesce(criteria_3, 0) + coalesce(criteria_4, 0) + coalesce(criteria_5, 0) + coalesce(criteria_6, 0)
      + coalesce(criteria_7, 0) + coalesce(criteria_8, 0) + coalesce(criteria_9, 0) + coalesce(criteria_10, 0) + coalesce(criteria_11, 0) + coalesce(criteria_12, 0))
      / coalesce(criteria_count, 5)
  end as score
from (
  select 'validator_scores' as stage, * from validator_scores
  union all by name
  select 'lesson_scores' as stage, * from lesson_scores
  union all by name
  select 'test_scores' as stage, * from test_scores
)
