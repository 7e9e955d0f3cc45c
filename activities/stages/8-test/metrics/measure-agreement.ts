/** How far the validators of a run agree, from all their scores of real answers. */
import type { ActivityContext } from '../../../activity.ts';
import type { Metrics } from '../../../report/metrics.ts';
import type { Store } from '../../../store/store.ts';
import type { Row } from '../../../store/tables.ts';
import { CRITERIA } from '../../../../configs/settings/criteria.ts';
import { alphaInSteps, type ClusterTotal } from '../../../statistics/krippendorff.ts';
import { inSlices } from '../../../concurrency/in-slices.ts';

/**
 * So many scores are summed up at once: DuckDB holds the sums of every answer meanwhile, some 200 bytes for each score,
 * and summing up more takes longer as soon as it makes ready to spill.
 */
const SCORES_OF_A_SLICE = 1_000_000;

/**
 * At most so many groups of base prompts are resampled. A prime, so that no cycle in the order of the prompts (of their
 * topics, say) falls together with it and makes the prompts of a group alike.
 */
const GROUPS = 997;

/** Krippendorff's alpha of each criterion with its interval, over every answer of the run that two validators scored. */
export async function measureAgreement(
  names: readonly string[],
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<Metrics['agreement']> {
  const totals = await readAgreementTotals(store, run.runId);
  const agreement: Metrics['agreement'][number][] = [];
  for (const [index, name] of names.entries()) {
    const { alpha, low, high } = await inSlices(alphaInSteps(totals[index] ?? [], { seed: run.seed }));
    agreement.push({ criterion: name, alpha, low, high });
  }
  return agreement;
}

/**
 * For each criterion, in order, the sums that alpha is made of: of each base prompt or, where there are more than 997, of
 * groups of them, dealt in turn. Resampled groups vary as resampled prompts do ("random groups": Wolter, "Introduction to
 * Variance Estimation", 2nd ed., ch. 2). They are read in slices of the base prompts, so that any number of scores takes
 * the same memory.
 */
export async function readAgreementTotals(
  store: Pick<Store, 'query'>,
  runId: string,
  scoresOfASlice = SCORES_OF_A_SLICE,
): Promise<readonly (readonly ClusterTotal[])[]> {
  const [extent] = await store.query(
    `select sum(n)::double as scores, min(least) as least, max(greatest) as greatest from (
      select count(*) as n, min(base_prompt_idx) as least, max(base_prompt_idx) as greatest from validator_scores where run = $run
      union all
      select count(*), min(base_prompt_idx), max(base_prompt_idx) from test_scores where run = $run
    )`,
    { run: runId },
  );
  const totals = CRITERIA.map(() => new Map<number, ClusterTotal>());
  if (extent?.['least'] != null) {
    const end = Number(extent['greatest']) + 1;
    const slices = Math.ceil(Number(extent['scores']) / scoresOfASlice);
    const width = Math.ceil((end - Number(extent['least'])) / slices);
    for (let from = Number(extent['least']); from < end; from += width) {
      const rows = await store.query(
        `select criterion, base_prompt_idx % ${GROUPS} as prompts, sum(units)::double as units,
          sum(ratings)::double as ratings, sum("sum") as "sum", sum(squares) as squares, sum(observed) as observed
        from agreement_totals where run = $run and base_prompt_idx >= $from and base_prompt_idx < $to
        group by criterion, prompts order by prompts`,
        { run: runId, from, to: from + width },
      );
      for (const row of rows) add(totals[Number(row['criterion']) - 1], row);
    }
  }
  return totals.map((groups) => [...groups.values()]);
}

/** Adds the sums of some base prompts to those of their group. */
function add(groups: Map<number, ClusterTotal> | undefined, row: Row): void {
  const before = groups?.get(Number(row['prompts']));
  const plus = (sum: keyof ClusterTotal): number => (before?.[sum] ?? 0) + Number(row[sum]);
  groups?.set(Number(row['prompts']), {
    units: plus('units'),
    ratings: plus('ratings'),
    sum: plus('sum'),
    squares: plus('squares'),
    observed: plus('observed'),
  });
}
