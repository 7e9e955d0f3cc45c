/** How far the validators of a run agree, from all their scores of real answers. */
import type { ActivityContext } from './activity.ts';
import type { Metrics } from './report/metrics.ts';
import type { Store } from './store/store.ts';
import { criteria } from './criteria.ts';
import { alphaOfClusters, type ClusterTotal } from './statistics/krippendorff.ts';

/** DuckDB holds the sums of every answer while it adds them up, some 250 bytes for each of its scores. */
const SCORES_OF_A_SLICE = 600_000;

/** Krippendorff's alpha of each criterion with its interval, over every answer of the run that two validators scored. */
export async function measureAgreement(
  names: readonly string[],
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<Metrics['agreement']> {
  const totals = await readAgreementTotals(store, run.runId);
  return criteria.map((key, index) => {
    const { alpha, low, high } = alphaOfClusters(totals[index] ?? [], { seed: run.seed });
    return { criterion: names[index] ?? key, alpha, low, high };
  });
}

/**
 * For each criterion, in order, the sums of each base prompt that alpha is made of, by base_prompt_idx. They are read in
 * slices of the base prompts, so that any number of scores takes the same memory.
 */
export async function readAgreementTotals(
  store: Pick<Store, 'query'>,
  runId: string,
): Promise<readonly (readonly ClusterTotal[])[]> {
  const [extent] = await store.query(
    `select sum(n)::double as scores, min(least) as least, max(greatest) as greatest from (
      select count(*) as n, min(base_prompt_idx) as least, max(base_prompt_idx) as greatest from validator_scores where run = $run
      union all
      select count(*), min(base_prompt_idx), max(base_prompt_idx) from test_scores where run = $run
    )`,
    { run: runId },
  );
  const totals = criteria.map((): ClusterTotal[] => []);
  if (extent?.['least'] == null) return totals;
  const end = Number(extent['greatest']) + 1;
  const slices = Math.ceil(Number(extent['scores']) / SCORES_OF_A_SLICE);
  const width = Math.ceil((end - Number(extent['least'])) / slices);
  for (let from = Number(extent['least']); from < end; from += width) {
    const rows = await store.query(
      `select criterion, units::double as units, ratings::double as ratings, "sum", squares, observed
      from agreement_totals where run = $run and base_prompt_idx >= $from and base_prompt_idx < $to
      order by base_prompt_idx, criterion`,
      { run: runId, from, to: from + width },
    );
    for (const row of rows) {
      totals[Number(row['criterion']) - 1]?.push({
        units: Number(row['units']),
        ratings: Number(row['ratings']),
        sum: Number(row['sum']),
        squares: Number(row['squares']),
        observed: Number(row['observed']),
      });
    }
  }
  return totals;
}
