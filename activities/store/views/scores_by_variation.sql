-- One row per variation and sample of it; criteria_k are the scores of the judges by their number, at least of three, null of
-- one that has not looked.
create or replace view scores_by_variation as
select run, bpv_idx, sample_idx,
  list_transform(places, place -> scores[place].criteria_1) as criteria_1,
  list_transform(places, place -> scores[place].criteria_2) as criteria_2,
  list_transform(places, place -> scores[place].criteria_3) as criteria_3,
  list_transform(places, place -> scores[place].criteria_4) as criteria_4,
  list_transform(places, place -> scores[place].criteria_5) as criteria_5,
  list_transform(places, place -> scores[place].criteria_6) as criteria_6,
  list_transform(places, place -> scores[place].criteria_7) as criteria_7,
  list_transform(places, place -> scores[place].criteria_8) as criteria_8,
  list_transform(places, place -> scores[place].criteria_9) as criteria_9,
  list_transform(places, place -> scores[place].criteria_10) as criteria_10,
  list_transform(places, place -> scores[place].criteria_11) as criteria_11,
  list_transform(places, place -> scores[place].criteria_12) as criteria_12
from (
  select
    run,
    {'base_prompt_idx': base_prompt_idx, 'prompt_variation_idx': prompt_variation_idx} as bpv_idx,
    sample_idx,
    range(1, greatest(3, max(validator)) + 1) as places,
    map_from_entries(list((validator, {'criteria_1': criteria_1, 'criteria_2': criteria_2, 'criteria_3': criteria_3, 'criteria_4': criteria_4, 'criteria_5': criteria_5, 'criteria_6': criteria_6, 'criteria_7': criteria_7, 'criteria_8': criteria_8, 'criteria_9': criteria_9, 'criteria_10': criteria_10, 'criteria_11': criteria_11, 'criteria_12': criteria_12}))) as scores
  from validator_scores
  group by run, base_prompt_idx, prompt_variation_idx, sample_idx
)
