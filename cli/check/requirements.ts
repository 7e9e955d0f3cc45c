/** What `prose check` asks of a run: pure. */
import { formatInterval, formatNumber, formatSigned } from '../../activities/text/figures.ts';
import type { ArmMetrics, Metrics } from '../../activities/report/metrics.ts';
import {
  findObjection,
  isProven,
  whyUnable,
  type EndOfScale,
  type Grounds,
} from '../../activities/report/verdict.ts';

/** An arm, what it was compared with, and how. */
export interface CheckedComparison extends Grounds {
  readonly arm: Pick<ArmMetrics, 'name' | 'gain' | 'criteria' | 'validatorGains'>;
  /** What it is compared with, as the object of a sentence, e.g. `the untouched prompts`. */
  readonly against: string;
  readonly prompts: number;
  /** Where every answer of both got the least or the greatest score that there is. */
  readonly end: EndOfScale | undefined;
}

/** One line of a check's outcome. */
export interface Requirement {
  /** Durable: the name of the test case in JUnit files. */
  readonly name: 'can tell' | 'better' | 'no worse' | 'nothing proven worse';
  readonly passed: boolean;
  /** What was found, in one sentence. */
  readonly found: string;
}

/**
 * @param noWorse points that the arm may be worse by, if being no worse is enough; undefined asks for a proven gain.
 */
export function checkComparison(comparison: CheckedComparison, noWorse: number | undefined): Requirement[] {
  const { arm, end, topics, against, prompts } = comparison;
  const { mean, low } = arm.gain;
  const seen = `${arm.name} scores ${formatSigned(mean)} (${formatInterval(arm.gain, formatSigned)}) against ${against} on ${prompts} prompts of ${topics} topics`;
  const obstacle = whyUnable(comparison, { hasInterval: low !== null, end });
  const canTell = obstacle === null;
  const objection = findObjection(arm);
  return [
    {
      name: 'can tell',
      passed: canTell,
      found: canTell ? `${seen}.` : `This test cannot tell: ${obstacle}; ${seen}.`,
    },
    noWorse === undefined
      ? { name: 'better', passed: canTell && isProven(arm, comparison), found: `${seen}.` }
      : {
          name: 'no worse',
          passed: canTell && low !== null && low > -noWorse,
          found: `${seen}; at most ${formatNumber(noWorse)} points worse is allowed.`,
        },
    {
      name: 'nothing proven worse',
      passed: objection === null,
      found: objection === null ? 'No criterion and no validator speaks against it.' : `It is ${objection}.`,
    },
  ];
}

/** What is asked of a run that tested nothing or could not tell. */
export function checkUntested({ verdict }: Pick<Metrics, 'verdict'>): Requirement[] {
  return [{ name: 'can tell', passed: false, found: verdict.sentence }];
}
