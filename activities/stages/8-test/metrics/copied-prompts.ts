import type { ActivityContext } from '../../../activity.ts';
import type { LeakMetrics } from '../../../report/metrics.ts';
import { control } from '../arms.ts';
import { findLeak, wordRunsOf } from '../../../wording/leak-check.ts';
import { groupBy } from '../../../statistics/group-by.ts';

/** Optimized prompts of the test, by the arms that claim something. */
const optimizedPrompts = `
  select base_prompt_idx, base_prompt, prompt_variation as prompt
  from test_prompts join base_prompts using (run, base_prompt_idx)
  where run = $run and arm not in ('baseline', $control) and error is null and prompt_variation is not null`;

/** What the main model answers to the untouched prompts of the test. */
const answers = `
  select base_prompt_idx, model_output as text from test_outputs
  where run = $run and prompt_variation_idx = -1 and model_output is not null`;

/**
 * Optimized prompts of the test that copy eight words in a row from another base prompt of the run or from an answer to their own
 * untouched prompt, which the optimizer never saw.
 */
export async function countCopiedPrompts({
  store,
  run,
}: Pick<ActivityContext, 'store' | 'run'>): Promise<Pick<LeakMetrics, 'copied' | 'prompts'>> {
  const rows = await store.query(optimizedPrompts, { run: run.runId, control });
  const bases = await store.query('select base_prompt from base_prompts where run = $run', {
    run: run.runId,
  });
  const ofBases = wordRunsOf(bases.map((row) => String(row['base_prompt'])));
  const answered = groupBy(
    await store.query(answers, { run: run.runId }),
    (answer) => answer['base_prompt_idx'],
  );
  const copied = rows.filter((row) => {
    const own = answered.get(row['base_prompt_idx']) ?? [];
    const ofAnswers = wordRunsOf(own.map(({ text }) => String(text)));
    return findLeak(String(row['prompt']), String(row['base_prompt']), [ofBases, ofAnswers]) !== null;
  });
  return { copied: copied.length, prompts: rows.length };
}
