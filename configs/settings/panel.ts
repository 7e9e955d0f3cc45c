/**
 * Who judges answers, by number: the validators from 1 on as their config lists them, and after them its checks. The numbers
 * stand in the column `validator` of the score tables: durable for a run, whose config is pinned. Pure.
 */
import type { CheckUse } from './checks.ts';
import type { ValidatorModelConfig } from './types.ts';

/** Most validators of a config. */
export const MAX_VALIDATORS = 9;

export interface Panel {
  /** The models. */
  readonly validators: readonly number[];
  /** The programs, gates left out: no answer can flatter them. */
  readonly checks: readonly number[];
  /** Checks that an answer must pass; their own scores count as nobody's judgement. */
  readonly gates: readonly number[];
  /** Those that learning never hears, and the verdict rests on: the checks that are referees, else the last of several validators. */
  readonly referees: readonly number[];
  /** Those that learning may hear. */
  readonly teachers: readonly number[];
}

export function panelOf({
  validators: models,
  checks = [],
}: Pick<ValidatorModelConfig, 'validators' | 'checks'>): Panel {
  const validators = models.map((_, index) => index + 1);
  const numbersOf = (uses: readonly CheckUse[]): number[] =>
    checks.flatMap(({ use }, index) => (uses.includes(use) ? [validators.length + index + 1] : []));
  const own = numbersOf(['referee']);
  const referees = own.length > 0 ? own : validators.slice(1).slice(-1);
  const programs = numbersOf(['criterion', 'referee']);
  return {
    validators,
    checks: programs,
    gates: numbersOf(['gate']),
    referees,
    teachers: [...validators, ...programs].filter((judge) => !referees.includes(judge)),
  };
}

/** Which validators look when. */
export interface Looks {
  /** While exploring, at every variation. */
  readonly first: readonly number[];
  /** At the better variations, answered afresh; none without halving. */
  readonly again: readonly number[];
  /** In the test. */
  readonly test: readonly number[];
}

/** Halving spares the judges that learning does not hear: the first teacher looks at all, the others at the better ones. */
export function looksOf({ validators, teachers }: Panel, halving: boolean): Looks {
  if (!halving) return { first: validators, again: [], test: validators };
  const [first, ...others] = teachers.filter((judge) => validators.includes(judge));
  if (first === undefined) return { first: [], again: [], test: validators };
  return { first: [first], again: others.length > 0 ? others : [first], test: validators };
}
