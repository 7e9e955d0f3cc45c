/** Which validators are to be believed, by what they made of the sentinels. */
import type { ActivityContext } from '../activity.ts';
import { panelOf, type Panel } from '../../configs/settings/panel.ts';
import { criteriaSum } from './criteria-sql.ts';
import { exactInterval } from '../statistics/exact-interval.ts';

/** Sentinels of known order that one validator scored, and how many of them it put where they belong. */
export interface SentinelTally {
  readonly validator: number;
  readonly kind: string;
  readonly planted: number;
  readonly passed: number;
}

/** One that surely gets fewer than this share of the sentinels right is not believed. */
const LEAST_RIGHT = 0.9;
/** Fewer than this many cannot check each other. */
const LEAST_VALIDATORS = 2;

/**
 * Why a validator is not to be believed, by its tallies; null if it is. Not believed is one whose share of `worse`, of
 * `bribed` or of both kinds put below the real answer has an exact 95% interval that ends below 0.9: that takes two at least.
 */
export function distrust(tallies: readonly SentinelTally[]): string | null {
  const of = (kinds: readonly string[]): { planted: number; passed: number } => {
    const chosen = tallies.filter(({ kind }) => kinds.includes(kind));
    const sum = (key: 'planted' | 'passed'): number => chosen.reduce((total, one) => total + one[key], 0);
    return { planted: sum('planted'), passed: sum('passed') };
  };
  for (const [kinds, what] of [
    [['worse', 'bribed'], 'scrambled answers'],
    [['worse'], 'scrambled answers'],
    [['bribed'], 'scrambled answers that ask for full marks'],
  ] as const) {
    const { planted, passed } = of(kinds);
    if (planted > 0 && exactInterval(passed, planted).high < LEAST_RIGHT)
      return `it scored ${planted - passed} of ${planted} planted ${what} as high as the real answer, or higher`;
  }
  return null;
}

/** How every validator of a run has scored its sentinels so far; those that could not be scored do not count. */
export async function tallySentinels({
  store,
  run,
}: Pick<ActivityContext, 'store' | 'run'>): Promise<SentinelTally[]> {
  const rows = await store.query(
    `select validator, kind, count(*)::integer as planted, (count(*) filter (passed))::integer as passed
    from sentinel_results where run = $run and passed is not null
    group by validator, kind order by validator, kind`,
    { run: run.runId },
  );
  return rows.map((row) => ({
    validator: Number(row['validator']),
    kind: String(row['kind']),
    planted: Number(row['planted']),
    passed: Number(row['passed']),
  }));
}

/** The validators of a run that scores are taken from. */
export interface Trust {
  /** Those that have scored and are believed, ascending; none where `tooFew` says why. */
  readonly validators: readonly number[];
  /** Why nothing is concluded from any score, as a clause; null if there are validators enough, or none has scored yet. */
  readonly tooFew: string | null;
}

/**
 * Whom to believe of the judges that have scored; one without sentinels is believed. Where some are not and fewer than
 * two validators are left, which cannot check each other, no validator is: only checks are, which need nobody. Pure.
 */
export function decideTrust(
  scored: readonly number[],
  tallies: readonly SentinelTally[],
  checks: readonly number[] = [],
): Trust {
  const reasons = scored.map((validator) => ({
    validator,
    reason: distrust(tallies.filter((tally) => tally.validator === validator)),
  }));
  const validators = reasons.filter(({ reason }) => reason === null).map(({ validator }) => validator);
  const models = validators.filter((validator) => !checks.includes(validator));
  if (validators.length === scored.length || models.length >= LEAST_VALIDATORS)
    return { validators, tooFew: null };
  if (models.length < validators.length)
    return { validators: validators.filter((validator) => checks.includes(validator)), tooFew: null };
  const why = reasons
    .flatMap(({ validator, reason }) => (reason === null ? [] : `validator ${validator}: ${reason}`))
    .join('; ');
  const tooFew = `only ${validators.length} of the ${scored.length} validators that scored can be believed (${why})`;
  return { validators: [], tooFew };
}

/** Whom to believe in a run so far. What is not believed is told as `TOO_FEW_VALIDATORS` in the log. */
export async function readTrust(
  source: Pick<ActivityContext, 'store' | 'run' | 'settings'> & Partial<Pick<ActivityContext, 'log'>>,
): Promise<Trust> {
  const { checks, gates } = panelOf(source.settings.validatorModel);
  const rows = await source.store.query(
    `select distinct validator from (
      from validator_scores where run = $run union all by name from test_scores where run = $run
    ) where ${criteriaSum()} is not null order by validator`,
    { run: source.run.runId },
  );
  const trust = decideTrust(
    rows.map((row) => Number(row['validator'])).filter((validator) => !gates.includes(validator)),
    await tallySentinels(source),
    checks,
  );
  if (trust.tooFew !== null)
    source.log?.warn(
      { code: 'TOO_FEW_VALIDATORS' },
      `Nothing is concluded from any score: ${trust.tooFew}. Their rows are in the table sentinels; ` +
        'give the roles in configs/validator_model_config.yaml models that can judge.',
    );
  return trust;
}

/** The judges that learning may listen to: those that are believed, less the referees. None where they are too few. */
export async function learningValidators(source: Parameters<typeof readTrust>[0]): Promise<number[]> {
  const { validators } = await readTrust(source);
  const { teachers } = panelOf(source.settings.validatorModel);
  return validators.filter((validator) => teachers.includes(validator));
}

/** The judges that a verdict rests on. */
export interface Judges {
  /** Ascending; one at least. */
  readonly validators: readonly number[];
  /** Whether learning cannot have bent them, as it has never heard them or they are programs: no gain is claimed by others. */
  readonly areUnheard: boolean;
  /** Whether they are checks, which no length flatters. */
  readonly arePrograms: boolean;
}

/**
 * The referees that are believed; without any, the checks, which say of a held-out answer what is so, whatever learning has heard
 * of them; else all that are believed, whose figures are shown but prove nothing.
 */
export function judgesOf(trusted: readonly number[], panel: Pick<Panel, 'referees' | 'checks'>): Judges {
  const of = (judges: readonly number[]): number[] => trusted.filter((judge) => judges.includes(judge));
  for (const judges of [of(panel.referees), of(panel.checks)])
    if (judges.length > 0)
      return {
        validators: judges,
        areUnheard: true,
        arePrograms: judges.every((judge) => panel.checks.includes(judge)),
      };
  return { validators: trusted, areUnheard: false, arePrograms: false };
}
