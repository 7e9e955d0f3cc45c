/** Which validators are to be believed, by what they made of the sentinels. */
import type { ActivityContext } from '../activity.ts';
import { ActivityError } from '../attempts/errors.ts';
import { exactInterval } from '../statistics/exact-interval.ts';

/** The validator that learning never sees: the test shows by it whether a gain is one for others too. Durable. */
export const referee = 3;

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

/**
 * The validators of a run that are believed, ascending; one without sentinels is. Throws `ActivityError`
 * `TOO_FEW_VALIDATORS` if fewer than two are left.
 */
export function trustedValidators(tallies: readonly SentinelTally[]): number[] {
  const reasons = [1, 2, 3].map((validator) => ({
    validator,
    reason: distrust(tallies.filter((tally) => tally.validator === validator)),
  }));
  const trusted = reasons.filter(({ reason }) => reason === null).map(({ validator }) => validator);
  if (trusted.length >= LEAST_VALIDATORS) return trusted;
  const why = reasons
    .flatMap(({ validator, reason }) => (reason === null ? [] : `validator ${validator}: ${reason}`))
    .join('; ');
  throw new ActivityError(
    'TOO_FEW_VALIDATORS',
    `Only ${trusted.length} of 3 validators can be believed: ${why}. Their rows are in the table sentinels; ` +
      'give the roles in configs/validator_model_config.yaml models that can judge.',
  );
}

/** The validators that learning may listen to: those that are believed, less the referee. Throws as `trustedValidators`. */
export async function learningValidators(source: Pick<ActivityContext, 'store' | 'run'>): Promise<number[]> {
  return trustedValidators(await tallySentinels(source)).filter((validator) => validator !== referee);
}

/** The validators that a verdict rests on. */
export interface Judges {
  /** Ascending; one at least. */
  readonly validators: readonly number[];
  /** Whether learning has never heard them: no gain is claimed by judges that it has. */
  readonly areUnheard: boolean;
}

/** The referee where it is believed; else all that are, whose figures are shown but prove nothing. */
export function judgesOf(trusted: readonly number[]): Judges {
  return trusted.includes(referee)
    ? { validators: [referee], areUnheard: true }
    : { validators: trusted, areUnheard: false };
}
