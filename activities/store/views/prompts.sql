-- Every variation with the base prompt it came from; variation -1 is the untouched base prompt.
create or replace view prompts as
select
  variation.run,
  {'base_prompt_idx': variation.base_prompt_idx, 'prompt_variation_idx': variation.prompt_variation_idx} as bpv_idx,
  variation.base_prompt_idx,
  variation.prompt_variation_idx,
  base.topic,
  base.split,
  base.base_prompt,
  variation.prompt_variation,
  variation.approach
from prompt_variations as variation
left join base_prompts as base using (run, base_prompt_idx)
