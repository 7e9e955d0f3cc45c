/** Whether a challenger replaces the champion: pure. */
import type { ArmMetrics, Estimate } from '../report/metrics.ts';
import { formatCounted, formatInterval, formatSigned } from '../text/figures.ts';
import { findObjection, isProven, MIN_TOPICS, type Grounds } from '../report/verdict.ts';

export interface GateEvidence extends Grounds {
  /** The challenger compared with its opponent, on all prompts of the gate; null if nothing could be compared. */
  readonly arm: Pick<ArmMetrics, 'gain' | 'criteria' | 'validatorGains'> | null;
  /** The same gain on the regression set alone; null if there was none that could be compared. */
  readonly regression: Estimate | null;
  readonly prompts: number;
  /** Whom it is compared with; without a champion the untouched prompts. */
  readonly opponent: 'champion' | 'baseline';
}

export interface GateVerdict {
  readonly promote: boolean;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Promoted only if judges that learning never heard see the lower end of the gain's 95% interval above 0 on at least
 * `MIN_TOPICS` topics, no criterion and no believed validator is proven worse (its interval wholly below 0), and neither is the
 * regression set. Everything else keeps the champion.
 */
export function decidePromotion(evidence: GateEvidence): GateVerdict {
  const { arm, regression, prompts, topics, judges, opponent } = evidence;
  const keep = (reason: string): GateVerdict => ({ promote: false, reason });
  if (arm === null) return keep('No prompt of the gate could be compared.');
  const against = opponent === 'champion' ? 'the champion' : 'the untouched prompts';
  const found = `${formatSigned(arm.gain.mean)} points over ${against} (95% interval ${formatInterval(arm.gain, formatSigned)}) on ${formatCounted(prompts, 'gate prompt')} of ${formatCounted(topics, 'topic')}`;
  if (!judges.areUnheard) return keep(`No validator is left that learning has not listened to: ${found}.`);
  if (topics < MIN_TOPICS)
    return keep(`Too few topics to tell (at least ${MIN_TOPICS} are needed): ${found}.`);
  if (!isProven(arm, evidence)) return keep(`The gain is not beyond chance: ${found}.`);
  const objection = findObjection(arm);
  if (objection !== null) return keep(`Better on the whole, but ${objection}: ${found}.`);
  if (regression !== null && regression.high !== null && regression.high < 0)
    return keep(`Proven worse on the gate prompts of earlier rounds: ${found}.`);
  return { promote: true, reason: `Proven better: ${found}.` };
}
