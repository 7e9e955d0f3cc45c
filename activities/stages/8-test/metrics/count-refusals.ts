import type { ActivityContext } from '../../../activity.ts';
import type { RefusalMetrics } from '../../../report/metrics.ts';

/** What models wrote and was not used, by stage and reason; the most frequent first. */
const refusals = `
  select stage, code, count(*)::integer as n from (
    select 'base_prompts' as stage, reason as code from refused_prompts where run = $run
    union all select 'prompt_variations', error from prompt_variations where run = $run
    union all select 'model_outputs', error from model_outputs where run = $run
    union all select 'test_rewrites', error from test_rewrites where run = $run
    union all select 'test_outputs', error from test_outputs where run = $run
  )
  where code is not null and code <> 'NO_PROMPT'
  group by all order by n desc, stage, code`;

export async function countRefusals({
  store,
  run,
}: Pick<ActivityContext, 'store' | 'run'>): Promise<RefusalMetrics[]> {
  const rows = await store.query(refusals, { run: run.runId });
  return rows.map((row) => ({
    stage: String(row['stage']),
    code: String(row['code']),
    count: Number(row['n']),
  }));
}
