-- One row per variation and sample of it; criteria_k are the scores of the judges by their number, at least of three, null of
-- one that has not looked.
create or replace view scores_by_variation as
select run, bpv_idx, sample_idx,
  {{ list_transform(places, place -> scores[place].criteria_#) as criteria_# }}
from (
  select
    run,
    {'base_prompt_idx': base_prompt_idx, 'prompt_variation_idx': prompt_variation_idx} as bpv_idx,
    sample_idx,
    range(1, greatest(3, max(validator)) + 1) as places,
    map_from_entries(list((validator, struct_pack({{ criteria_# := criteria_# }})))) as scores
  from validator_scores
  group by run, base_prompt_idx, prompt_variation_idx, sample_idx
)
