import type { ActivityContext } from './activity.ts';
import type { ArmSpend } from './report/metrics.ts';
import { arms } from './arms.ts';

/**
 * What each arm takes per prompt to be optimized and answered, kept answers counted like any others: its answers, and the
 * rewritings it is made from (the first one for `rewriter`, all of them for `ranker`). Judging is not part of it.
 */
export async function measureArmSpend({
  store,
  run,
}: Pick<ActivityContext, 'store' | 'run'>): Promise<Map<string, ArmSpend>> {
  const rows = await store.query(
    `select stage, split_part(call_key, ':', 2)::integer as part, count(*)::integer as calls,
      count(distinct (split_part(call_key, ':', 1), replace(split_part(call_key, ':', 3), 'again', '')))::integer as answers,
      sum(prompt_tokens + completion_tokens)::double as tokens
    from model_calls where run = $run and stage in ('test_rewrites', 'test_outputs') group by all`,
    { run: run.runId },
  );
  /** Means over the prompts, for parts of call keys: the arm's number, or which of the rewritings. */
  const meanOf = (stage: string, isWanted: (part: number) => boolean): { calls: number; tokens: number } =>
    rows
      .filter((row) => row['stage'] === stage && isWanted(Number(row['part'])))
      .map((row) => ({
        calls: Number(row['calls']) / Number(row['answers']),
        tokens: Number(row['tokens']) / Number(row['answers']),
      }))
      .reduce((sum, one) => ({ calls: sum.calls + one.calls, tokens: sum.tokens + one.tokens }), {
        calls: 0,
        tokens: 0,
      });
  const baseline = meanOf('test_outputs', (part) => part === -1);
  if (baseline.tokens === 0) return new Map();
  return new Map(
    arms.map(({ name, index }) => {
      const answered = meanOf('test_outputs', (part) => part === index);
      const rewritten = meanOf('test_rewrites', (part) => index > 0 || (index === 0 && part === 0));
      const tokens = answered.tokens + rewritten.tokens;
      return [name, { calls: answered.calls + rewritten.calls, tokens, ratio: tokens / baseline.tokens }];
    }),
  );
}
