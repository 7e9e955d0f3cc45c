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
    count(criteria_5) as n5, sum(criteria_5 - 3) as s5, sum((criteria_5 - 3) * (criteria_5 - 3)) as q5,
    count(criteria_6) as n6, sum(criteria_6 - 3) as s6, sum((criteria_6 - 3) * (criteria_6 - 3)) as q6,
    count(criteria_7) as n7, sum(criteria_7 - 3) as s7, sum((criteria_7 - 3) * (criteria_7 - 3)) as q7,
    count(criteria_8) as n8, sum(criteria_8 - 3) as s8, sum((criteria_8 - 3) * (criteria_8 - 3)) as q8,
    count(criteria_9) as n9, sum(criteria_9 - 3) as s9, sum((criteria_9 - 3) * (criteria_9 - 3)) as q9,
    count(criteria_10) as n10, sum(criteria_10 - 3) as s10, sum((criteria_10 - 3) * (criteria_10 - 3)) as q10,
    count(criteria_11) as n11, sum(criteria_11 - 3) as s11, sum((criteria_11 - 3) * (criteria_11 - 3)) as q11,
    count(criteria_12) as n12, sum(criteria_12 - 3) as s12, sum((criteria_12 - 3) * (criteria_12 - 3)) as q12
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
    {'units': count(*) filter (n5 > 1), 'ratings': sum(n5) filter (n5 > 1), 'sum': sum(s5) filter (n5 > 1), 'squares': sum(q5) filter (n5 > 1), 'observed': sum(2 * (n5 * q5 - s5 * s5) / (n5 - 1)) filter (n5 > 1)} as "5",
    {'units': count(*) filter (n6 > 1), 'ratings': sum(n6) filter (n6 > 1), 'sum': sum(s6) filter (n6 > 1), 'squares': sum(q6) filter (n6 > 1), 'observed': sum(2 * (n6 * q6 - s6 * s6) / (n6 - 1)) filter (n6 > 1)} as "6",
    {'units': count(*) filter (n7 > 1), 'ratings': sum(n7) filter (n7 > 1), 'sum': sum(s7) filter (n7 > 1), 'squares': sum(q7) filter (n7 > 1), 'observed': sum(2 * (n7 * q7 - s7 * s7) / (n7 - 1)) filter (n7 > 1)} as "7",
    {'units': count(*) filter (n8 > 1), 'ratings': sum(n8) filter (n8 > 1), 'sum': sum(s8) filter (n8 > 1), 'squares': sum(q8) filter (n8 > 1), 'observed': sum(2 * (n8 * q8 - s8 * s8) / (n8 - 1)) filter (n8 > 1)} as "8",
    {'units': count(*) filter (n9 > 1), 'ratings': sum(n9) filter (n9 > 1), 'sum': sum(s9) filter (n9 > 1), 'squares': sum(q9) filter (n9 > 1), 'observed': sum(2 * (n9 * q9 - s9 * s9) / (n9 - 1)) filter (n9 > 1)} as "9",
    {'units': count(*) filter (n10 > 1), 'ratings': sum(n10) filter (n10 > 1), 'sum': sum(s10) filter (n10 > 1), 'squares': sum(q10) filter (n10 > 1), 'observed': sum(2 * (n10 * q10 - s10 * s10) / (n10 - 1)) filter (n10 > 1)} as "10",
    {'units': count(*) filter (n11 > 1), 'ratings': sum(n11) filter (n11 > 1), 'sum': sum(s11) filter (n11 > 1), 'squares': sum(q11) filter (n11 > 1), 'observed': sum(2 * (n11 * q11 - s11 * s11) / (n11 - 1)) filter (n11 > 1)} as "11",
    {'units': count(*) filter (n12 > 1), 'ratings': sum(n12) filter (n12 > 1), 'sum': sum(s12) filter (n12 > 1), 'squares': sum(q12) filter (n12 > 1), 'observed': sum(2 * (n12 * q12 - s12 * s12) / (n12 - 1)) filter (n12 > 1)} as "12"
  from answers
  group by run, base_prompt_idx
)
select run, base_prompt_idx, criterion::integer as criterion, unnest(total)
from (unpivot totals on "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12" into name criterion value total)
where total.units > 0
