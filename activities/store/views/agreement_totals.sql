-- What Krippendorff's alpha is made of, per base prompt and criterion (activities/statistics/krippendorff.ts): answers
-- with at least two ratings (units), their ratings, the sum and the squares of the ratings around 3, and the squared
-- differences of the ratings within each answer, ÷ its ratings − 1. They add up over base prompts. Ratings are what models say:
-- checks, and what did not pass a gate, are left out.
create or replace view agreement_totals as
with answers as (
  select run, base_prompt_idx,
    count(criteria_1) as n1, sum(criteria_1 - 3) as s1, sum((criteria_1 - 3) * (criteria_1 - 3)) as q1,
    count(criteria_2) as n2, sum(criteria_2 - 3) as s2, sum((criteria_2 - 3) * (criteria_2 - 3)) as q2,
    count(criteria_3) as n3, sum(criteria_3 - 3) as s3, sum((criteria_3 - 3) * (criteria_3 - 3)) as q3,
    count(criteria_4) as n4, sum(criteria_4 - 3) as s4, sum((criteria_4 - 3) * (criteria_4 - 3)) as q4,
    count(criteria_5) as n5, sum(criteria_5 - 3) as s5, sum((criteria_5 - 3) * (criteria_5 - 3)) as q5
  from (
    select false as tested, * from validator_scores where scored_by is null or scored_by in ('logprobs', 'integer')
    union all by name
    select true as tested, * from test_scores where scored_by is null or scored_by in ('logprobs', 'integer')
  )
  group by run, tested, base_prompt_idx, prompt_variation_idx, sample_idx
),
totals as (
  select run, base_prompt_idx,
    {'units': count(*) filter (n1 > 1), 'ratings': sum(n1) filter (n1 > 1), 'sum': sum(s1) filter (n1 > 1), 'squares': sum(q1) filter (n1 > 1), 'observed': sum(2 * (n1 * q1 - s1 * s1) / (n1 - 1)) filter (n1 > 1)} as "1",
    {'units': count(*) filter (n2 > 1), 'ratings': sum(n2) filter (n2 > 1), 'sum': sum(s2) filter (n2 > 1), 'squares': sum(q2) filter (n2 > 1), 'observed': sum(2 * (n2 * q2 - s2 * s2) / (n2 - 1)) filter (n2 > 1)} as "2",
    {'units': count(*) filter (n3 > 1), 'ratings': sum(n3) filter (n3 > 1), 'sum': sum(s3) filter (n3 > 1), 'squares': sum(q3) filter (n3 > 1), 'observed': sum(2 * (n3 * q3 - s3 * s3) / (n3 - 1)) filter (n3 > 1)} as "3",
    {'units': count(*) filter (n4 > 1), 'ratings': sum(n4) filter (n4 > 1), 'sum': sum(s4) filter (n4 > 1), 'squares': sum(q4) filter (n4 > 1), 'observed': sum(2 * (n4 * q4 - s4 * s4) / (n4 - 1)) filter (n4 > 1)} as "4",
    {'units': count(*) filter (n5 > 1), 'ratings': sum(n5) filter (n5 > 1), 'sum': sum(s5) filter (n5 > 1), 'squares': sum(q5) filter (n5 > 1), 'observed': sum(2 * (n5 * q5 - s5 * s5) / (n5 - 1)) filter (n5 > 1)} as "5"
  from answers
  group by run, base_prompt_idx
)
select run, base_prompt_idx, criterion::integer as criterion, unnest(total)
from (unpivot totals on "1", "2", "3", "4", "5" into name criterion value total)
where total.units > 0
