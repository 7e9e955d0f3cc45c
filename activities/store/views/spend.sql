-- What each stage of a run asked of the models. Answers that were kept from earlier calls cost nothing again.
create or replace view spend as
select
  run,
  stage,
  (count(*) filter (cached is not true))::integer as calls,
  (count(*) filter (cached))::integer as cached,
  coalesce(sum(prompt_tokens) filter (cached is not true), 0)::bigint as prompt_tokens,
  coalesce(sum(completion_tokens) filter (cached is not true), 0)::bigint as completion_tokens,
  coalesce(sum(thinking_tokens) filter (cached is not true), 0)::bigint as thinking_tokens,
  round(coalesce(sum(seconds), 0), 3) as seconds
from model_calls
group by run, stage
