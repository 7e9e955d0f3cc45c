import type { Split } from '../../../configs/settings/types.ts';
import type { ActivityContext } from '../../activity.ts';
import { lineageOf } from '../../continual/rounds.ts';

/** What earlier rounds of continual learning have asked about. */
export interface EarlierPrompts {
  readonly prompts: readonly string[];
  /** By topic: no topic may be learned from in one round and tested on in another. */
  readonly splits: ReadonlyMap<string, Split>;
}

export const noEarlierPrompts: EarlierPrompts = { prompts: [], splits: new Map() };

/** The prompts of all rounds of the run's lineage that have ended. */
export async function readEarlierPrompts({
  store,
  settings,
  run,
}: Pick<ActivityContext, 'store' | 'settings' | 'run'>): Promise<EarlierPrompts> {
  const rows = await store.query(
    `select base_prompt, topic, split from base_prompts join rounds using (run)
     where lineage = $lineage and run <> $run and split <> 'regression' order by round, run, base_prompt_idx`,
    { lineage: lineageOf(settings), run: run.runId },
  );
  return {
    prompts: rows.map((row) => String(row['base_prompt'])),
    splits: new Map(rows.map((row) => [String(row['topic']), row['split'] as Split])),
  };
}
