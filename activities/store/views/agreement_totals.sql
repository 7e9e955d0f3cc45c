-- What Krippendorff's alpha is made of, per base prompt and criterion (activities/statistics/krippendorff.ts): answers
-- with at least two ratings (units), their ratings, the sum and the squares of the ratings around 3, and the squared
-- differences of the ratings within each answer, ÷ its ratings − 1. They add up over base prompts. Ratings are what models say:
-- checks, and what did not pass a gate, are left out.
create or replace view agreement_totals as
with answers as (
  select run, base_prompt_idx,
    {{ count(criteria_#) as n#, sum(criteria_# - 3) as s#, sum((criteria_# - 3) * (criteria_# - 3)) as q# }}
  from (
    select false as tested, * from validator_scores where scored_by is null or scored_by in ('logprobs', 'integer')
    union all by name
    select true as tested, * from test_scores where scored_by is null or scored_by in ('logprobs', 'integer')
  )
  group by run, tested, base_prompt_idx, prompt_variation_idx, sample_idx
),
totals as (
  select run, base_prompt_idx,
    {{ {
      'units': count(*) filter (n# > 1),
      'ratings': sum(n#) filter (n# > 1),
      'sum': sum(s#) filter (n# > 1),
      'squares': sum(q#) filter (n# > 1),
      'observed': sum(2 * (n# * q# - s# * s#) / (n# - 1)) filter (n# > 1)
    } as "#" }}
  from answers
  group by run, base_prompt_idx
)
select run, base_prompt_idx, criterion::integer as criterion, unnest(total)
from (unpivot totals on {{ "#" }} into name criterion value total)
where total.units > 0
