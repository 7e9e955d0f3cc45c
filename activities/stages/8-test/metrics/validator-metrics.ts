/** What metrics.json says of the validators: how they fared with the sentinels, how noisy they are, how lucky choices were. */
import { criteriaMean } from '../../../scoring/criteria-sql.ts';
import type { ActivityContext } from '../../../activity.ts';
import type {
  CorrelationMetrics,
  NoiseMetrics,
  SelectionMetrics,
  ValidatorMetrics,
} from '../../../report/metrics.ts';
import { clusterMean } from '../../../statistics/cluster-mean.ts';
import { correlate } from '../../../statistics/correlation.ts';
import { exactInterval } from '../../../statistics/exact-interval.ts';
import { distrust, type SentinelTally } from '../../../scoring/validator-trust.ts';

type Source = Pick<ActivityContext, 'store' | 'run'>;

/** Fewest answers that a correlation is computed from. */
const LEAST_FOR_HALO = 10;

export async function describeValidators(
  tallies: readonly SentinelTally[],
  referees: readonly number[],
  { store, run }: Source,
): Promise<ValidatorMetrics[]> {
  const rows = await store.query('from validators where run = $run order by validator', { run: run.runId });
  return rows.map((row) => {
    const validator = Number(row['validator']);
    const own = tallies.filter((tally) => tally.validator === validator);
    return {
      validator,
      model: String(row['model']),
      meanScore: typeof row['mean_score'] === 'number' ? row['mean_score'] : null,
      missing: Number(row['missing']),
      isReferee: referees.includes(validator),
      sentinels: own.map(({ kind, planted, passed }) => {
        const { share, low, high } = exactInterval(passed, planted);
        return { kind, planted, passed, value: share, low, high };
      }),
      excluded: distrust(own),
    };
  });
}

export async function correlateValidators({ store, run }: Source): Promise<CorrelationMetrics[]> {
  const rows = await store.query('from validator_correlations where run = $run order by validator, other', {
    run: run.runId,
  });
  return rows.map((row) => ({
    validator: Number(row['validator']),
    other: Number(row['other']),
    correlation: typeof row['correlation'] === 'number' ? row['correlation'] : null,
    answers: Number(row['answers']),
  }));
}

/**
 * Variance components of one validator's mean score of an answer: the variance of a reading is half the mean squared
 * difference of two readings; what the variance between two answers to the same prompt has besides is the answers'
 * own (one-way random effects, method of moments; Searle, Casella & McCulloch, "Variance Components", 1992, ch. 3).
 * Null if nothing was scored twice.
 */
export async function measureNoise(
  trusted: readonly number[],
  { store, run }: Source,
): Promise<NoiseMetrics | null> {
  const parameters = { run: run.runId, trusted };
  const [twins] = await store.query(
    `select count(*)::integer as n, avg((planted - real) ** 2) / 2 as variance from sentinel_results
    where run = $run and list_contains($trusted, validator) and kind = 'twin' and passed is not null`,
    parameters,
  );
  if (!twins || Number(twins['n']) === 0) return null;
  const [answers] = await store.query(
    `select sum(variance * (n - 1)) / sum(n - 1) as variance from (
      select var_samp(score) as variance, count(score) as n from (
        select base_prompt_idx, prompt_variation_idx, validator,
          ${criteriaMean()} as score
        from test_scores where run = $run and list_contains($trusted, validator)
      ) group by base_prompt_idx, prompt_variation_idx, validator having count(score) > 1
    )`,
    parameters,
  );
  const singles = await store.query(
    `select planted, real, others from sentinel_results where run = $run and list_contains($trusted, validator)
      and kind = 'single' and planted is not null and real is not null and others is not null`,
    parameters,
  );
  const between = answers?.['variance'];
  const own = Number(twins['variance']);
  return {
    answer: typeof between === 'number' ? Math.sqrt(Math.max(0, between - own)) : null,
    validator: Math.sqrt(own),
    rescored: Number(twins['n']),
    single: singles.length === 0 ? null : compareSingles(singles),
  };
}

function compareSingles(rows: readonly { readonly [column: string]: unknown }[]): NoiseMetrics['single'] {
  const pairs = (column: string): [number, number][] =>
    rows.map((row) => [Number(row[column]), Number(row['others'])]);
  const shift = rows.reduce((sum, row) => sum + Number(row['planted']) - Number(row['real']), 0);
  return {
    count: rows.length,
    shift: shift / rows.length,
    halo: rows.length < LEAST_FOR_HALO ? null : correlate(pairs('real')) - correlate(pairs('planted')),
  };
}

/**
 * How far the lead of the best variation shrinks when it is looked at again: the winner's curse. Of each base prompt of which
 * variations were answered afresh, the one with the best first score, against the untouched prompt. Where another validator takes the
 * second look, a lenient or coarse one would show shrinking or growth that is none: each validator's leads are taken on one scale, by how
 * far its scores spread over the answers of the test, which all validators scored.
 */
export async function measureSelection(
  trusted: readonly number[],
  { store, run, settings }: Source & Pick<ActivityContext, 'settings'>,
): Promise<SelectionMetrics | null> {
  const rows = await store.query(
    `with spreads as (
      select validator, stddev_samp(${criteriaMean()}) as spread from test_scores
      where run = $run and list_contains($trusted, validator) group by validator
    ),
    scales as (
      select validator, (select avg(spread) from spreads) / nullif(spread, 0) as scale from spreads
    ),
    by_validator as (
      select base_prompt_idx, prompt_variation_idx, sample_idx >= $samples as is_fresh, validator,
        avg(${criteriaMean()}) * coalesce(any_value(scale), 1) as score
      from validator_scores left join scales using (validator) where run = $run and list_contains($trusted, validator) group by all
    ),
    leads as (
      select one.base_prompt_idx, one.prompt_variation_idx, is_fresh, avg(one.score - base.score) as lead
      from by_validator one join by_validator base using (base_prompt_idx, is_fresh, validator)
      where one.prompt_variation_idx >= 0 and base.prompt_variation_idx = -1 group by all
    )
    select topic, first.lead as selected, fresh.lead as fresh
    from (
      select *, row_number() over (partition by base_prompt_idx order by lead desc, prompt_variation_idx) as place
      from leads where not is_fresh
    ) first
    join leads fresh on fresh.is_fresh and fresh.base_prompt_idx = first.base_prompt_idx
      and fresh.prompt_variation_idx = first.prompt_variation_idx
    join base_prompts p on p.run = $run and p.base_prompt_idx = first.base_prompt_idx
    where place = 1 and first.lead is not null and fresh.lead is not null
    order by first.base_prompt_idx`,
    { run: run.runId, trusted, samples: settings.mainModel.samples },
  );
  if (rows.length === 0) return null;
  const values = rows.map((row) => ({ cluster: String(row['topic']), value: Number(row['fresh']) }));
  const { mean, low, high } = clusterMean(values);
  const selected = rows.reduce((sum, row) => sum + Number(row['selected']), 0) / rows.length;
  return { prompts: rows.length, selected, fresh: { mean, low, high } };
}
