-- Which way of rewriting helps, before anything is trained: mean gain over the untouched base prompts, and in how many
-- of the base prompts it was better.
create or replace view approaches as
select
  run,
  approach,
  count(gain)::integer as variations,
  avg(gain) as gain,
  avg((gain > 0)::integer) as better
from prompt_variations
join variation_scores using (run, base_prompt_idx, prompt_variation_idx)
where prompt_variation_idx >= 0
group by run, approach
