-- Every score sheet, of answers explored, asked for lessons, and tested (stage: the table that it stands in), with its mean over the criteria of the
-- rubric that it went by: null where one of them is missing.
create or replace view score_sheets as
select run, stage, * exclude (run, stage),
  case when {{+ (criteria_# is not null)::integer }}
      = coalesce(criteria_count, 5)
    then ({{+ coalesce(criteria_#, 0) }})
      / coalesce(criteria_count, 5)
  end as score
from (
  select 'validator_scores' as stage, * from validator_scores
  union all by name
  select 'lesson_scores' as stage, * from lesson_scores
  union all by name
  select 'test_scores' as stage, * from test_scores
)
