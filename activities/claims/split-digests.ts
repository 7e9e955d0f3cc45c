import type { ActivityContext } from '../activity.ts';

/** The base prompts of each split: how many, and a digest of them and their topics in any order. */
export interface SplitDigests {
  readonly [split: string]: { readonly count: number; readonly digest: string };
}

export async function digestSplits({
  store,
  run,
}: Pick<ActivityContext, 'store' | 'run'>): Promise<SplitDigests> {
  const rows = await store.query(
    `select split, count(*)::integer as n, sha256(string_agg(prompt, '' order by prompt)) as digest
    from (
      select split, sha256(sha256(coalesce(topic, '')) || sha256(coalesce(base_prompt, ''))) as prompt
      from base_prompts where run = $run
    )
    group by split order by split`,
    { run: run.runId },
  );
  return Object.fromEntries(
    rows.map((row) => [String(row['split']), { count: Number(row['n']), digest: String(row['digest']) }]),
  );
}
