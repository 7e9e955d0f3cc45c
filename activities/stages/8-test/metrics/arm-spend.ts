import type { ActivityContext } from '../../../activity.ts';
import type { ArmSpend } from '../../../report/metrics.ts';
import { control, type Arm, type ArmKind } from '../arms.ts';

/**
 * What each arm takes per prompt to be optimized and answered, kept answers counted like any others: its answers, the
 * rewritings it is made from, and the control's choice among its own. Judging is not part of it.
 */
export async function measureArmSpend(
  arms: readonly Arm[],
  { store, run, settings }: Pick<ActivityContext, 'store' | 'run' | 'settings'>,
): Promise<Map<string, ArmSpend>> {
  const rows = await store.query(
    `select stage, try_cast(split_part(call_key, ':', 2) as integer) as part, count(*)::integer as calls,
      count(distinct (split_part(call_key, ':', 1), replace(split_part(call_key, ':', 3), 'again', '')))::integer as answers,
      sum(prompt_tokens + completion_tokens)::double as tokens
    from model_calls where run = $run and stage in ('test_rewrites', 'test_choices', 'test_outputs') group by all`,
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
  const { rewrites } = settings.promptOptimization;
  const hasControl = rows.some((row) => row['stage'] === 'test_choices');
  const isMadeFrom: { readonly [kind in ArmKind]: (rewriting: number) => boolean } = {
    baseline: () => false,
    rewriter: (rewriting) => rewriting === 0,
    trained: (rewriting) => rewriting < rewrites,
    untrained: (rewriting) => rewriting >= rewrites && rewriting < 2 * rewrites,
    champion: (rewriting) => rewriting >= (hasControl ? 2 : 1) * rewrites,
    tuned: () => false,
    both: (rewriting) => rewriting < rewrites,
  };
  return new Map(
    arms.map(({ kind, name, index }) => {
      const parts = [
        meanOf('test_outputs', (part) => part === index),
        meanOf('test_rewrites', isMadeFrom[kind]),
        meanOf('test_choices', () => kind === control),
      ];
      const sum = (key: 'calls' | 'tokens'): number => parts.reduce((total, part) => total + part[key], 0);
      return [name, { calls: sum('calls'), tokens: sum('tokens'), ratio: sum('tokens') / baseline.tokens }];
    }),
  );
}
