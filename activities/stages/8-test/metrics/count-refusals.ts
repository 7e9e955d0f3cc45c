import type { ActivityContext } from '../../../activity.ts';
import type { RefusalMetrics } from '../../../report/metrics.ts';

/** Texts of each stage and reason, and characters of each. */
const EXAMPLES = 3;
const EXAMPLE_LENGTH = 300;
const cut = (column: string): string =>
  `left(${column}, ${EXAMPLE_LENGTH}) || if(length(${column}) > ${EXAMPLE_LENGTH}, '…', '')`;

/** What models wrote and was not used, by stage and reason; the most frequent first. */
const refusals = `
  select stage, code, count(*)::integer as n from (
    select 'base_prompts' as stage, reason as code from refused_prompts where run = $run
    union all select 'prompt_instructions', error from prompt_instructions where run = $run
    union all select 'prompt_variations', error from prompt_variations where run = $run
    union all select 'model_outputs', error from model_outputs where run = $run
    union all select 'validator_scores', error from validator_scores where run = $run
    union all select 'test_rewrites', error from test_rewrites where run = $run
    union all select 'test_outputs', error from test_outputs where run = $run
    union all select 'test_scores', error from test_scores where run = $run
  )
  where code is not null and code not in ('NO_PROMPT', 'NOTHING_TO_COMPARE', 'NO_ANSWER')
  group by all order by n desc, stage, code`;

/** The same by calls. */
const failedCalls = `
  select stage, coalesce(error, refused_as) as code, count(*)::integer as n
  from model_calls where run = $run and coalesce(error, refused_as) is not null
  group by all order by n desc, stage, code`;

/** Texts that were not used, some of each stage and reason; the calls of a stage that failed are there, too. */
const unused = `
  select stage, code, unused from (
    select stage, code, unused, row_number() over (partition by stage, code order by unused) as place from (
      select distinct stage, coalesce(error, refused_as) as code, ${cut('unused_text')} as unused
      from model_calls where run = $run and unused_text is not null
      union select 'base_prompts', reason, ${cut('base_prompt')} from refused_prompts where run = $run
    )
  )
  where code is not null and place <= ${EXAMPLES} order by stage, code, place`;

/** With examples; where a stage failed before its rows were written, by what its calls came to. */
export async function countRefusals({
  store,
  run,
}: Pick<ActivityContext, 'store' | 'run'>): Promise<RefusalMetrics[]> {
  const rows = await store.query(refusals, { run: run.runId });
  const texts = await store.query(unused, { run: run.runId });
  const calls = await store.query(failedCalls, { run: run.runId });
  // A base prompt is no row before it is taken; in the other stages every row stands for its calls.
  const ofStages = new Set(rows.map((row) => row['stage']).filter((stage) => stage !== 'base_prompts'));
  const counted = [...rows, ...calls.filter((row) => !ofStages.has(row['stage'] ?? null))];
  return counted.map(({ stage, code, n }) => ({
    stage: String(stage),
    code: String(code),
    count: Number(n),
    examples: texts
      .filter((row) => row['stage'] === stage && row['code'] === code)
      .map((row) => String(row['unused'])),
  }));
}
