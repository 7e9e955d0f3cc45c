/** Whether a version replaces the champion: pure. */
import type { ArmMetrics, Estimate } from '../report/metrics.ts';
import { formatCounted, formatInterval, formatSigned } from '../text/figures.ts';
import { findDoubt, findObjection, isProven, MIN_TOPICS, type Grounds } from '../report/verdict.ts';

export interface GateEvidence extends Grounds {
  /** The version compared with its opponent, on all fresh prompts of the claim's looks; null if nothing could be compared. */
  readonly arm: Pick<ArmMetrics, 'gain' | 'spread' | 'criteria' | 'validatorGains'> | null;
  /** Two-sided, of this look: the interval of the gain is at 1 − this. */
  readonly level: number;
  /** The same gain on the regression set alone; null if there was none that could be compared. */
  readonly regression: Estimate | null;
  readonly prompts: number;
  /** Whom it is compared with; without a champion the untouched prompts. */
  readonly opponent: 'champion' | 'baseline';
  /** Which look of how many it is, from 1. */
  readonly look: number;
  readonly looks: number;
  /** Topics that were left out because one of the two has learned from them. */
  readonly learnedTopics: number;
  /** Why nothing can be told from this look, as a clause; null if nothing stands against it. */
  readonly obstacle: string | null;
}

export interface GateVerdict {
  readonly promote: boolean;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Promoted only if judges that learning never heard see the lower end of the gain's interval above 0, at the level of this
 * look and on at least `MIN_TOPICS` topics, with room for a rare harm, no criterion and no believed validator is proven worse,
 * and neither is the regression set. Everything else keeps the champion.
 */
export function decidePromotion(evidence: GateEvidence): GateVerdict {
  const { arm, regression, prompts, topics, judges, opponent, level, look, looks, learnedTopics } = evidence;
  const keep = (reason: string): GateVerdict => ({ promote: false, reason });
  const left =
    learnedTopics === 0
      ? ''
      : `, ${formatCounted(learnedTopics, 'topic')} left out that one of the two has learned from`;
  if (arm === null) return keep(`No prompt of the gate could be compared${left}.`);
  const against = opponent === 'champion' ? 'the champion' : 'the untouched prompts';
  const share = `${Number((100 * (1 - level)).toPrecision(4))}%`;
  const found =
    `${formatSigned(arm.gain.mean)} points over ${against} (${share} interval ${formatInterval(arm.gain, formatSigned)}) ` +
    `on ${formatCounted(prompts, 'gate prompt')} of ${formatCounted(topics, 'topic')}, look ${look} of ${looks}${left}`;
  if (evidence.obstacle !== null) return keep(`This look cannot tell: ${evidence.obstacle}: ${found}.`);
  if (!judges.areUnheard) return keep(`No validator is left that learning has not listened to: ${found}.`);
  if (topics < MIN_TOPICS)
    return keep(`Too few topics to tell (at least ${MIN_TOPICS} are needed): ${found}.`);
  if (!isProven(arm, evidence)) {
    const doubt = findDoubt(arm, evidence);
    return keep(
      doubt === null ? `The gain is not beyond chance: ${found}.` : `Not proven, as ${doubt}: ${found}.`,
    );
  }
  const objection = findObjection(arm);
  if (objection !== null) return keep(`Better on the whole, but ${objection}: ${found}.`);
  if (regression !== null && regression.high !== null && regression.high < 0)
    return keep(`Proven worse on the gate prompts of earlier rounds: ${found}.`);
  return { promote: true, reason: `Proven better: ${found}.` };
}
