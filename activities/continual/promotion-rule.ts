/** Whether a challenger replaces the champion: pure. */
import type { ArmMetrics, Estimate } from '../report/metrics.ts';
import { formatCounted, formatInterval, formatSigned } from '../report/format.ts';
import { isProven, MIN_TOPICS } from '../report/verdict.ts';

export interface GateEvidence {
  /** Of the challenger over its opponent, on all prompts of the gate. */
  readonly gain: ArmMetrics['gain'];
  readonly criteria: ArmMetrics['criteria'];
  /** The same gain on the regression set alone; null if there was none that could be compared. */
  readonly regression: Estimate | null;
  readonly prompts: number;
  readonly topics: number;
  /** Whom it is compared with; without a champion the untouched prompts. */
  readonly opponent: 'champion' | 'baseline';
}

export interface GateVerdict {
  readonly promote: boolean;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Promoted only if the lower end of the gain's 95% interval is above 0 on at least `MIN_TOPICS` topics, no criterion is
 * proven worse (its interval is not wholly below 0), and neither is the regression set. Everything else keeps the champion.
 */
export function decidePromotion(evidence: GateEvidence): GateVerdict {
  const { gain, criteria, regression, prompts, topics, opponent } = evidence;
  const against = opponent === 'champion' ? 'the champion' : 'the untouched prompts';
  const found = `${formatSigned(gain.mean)} points over ${against} (95% interval ${formatInterval(gain, formatSigned)}) on ${formatCounted(prompts, 'gate prompt')} of ${formatCounted(topics, 'topic')}`;
  const keep = (reason: string): GateVerdict => ({ promote: false, reason: `${reason}: ${found}.` });
  if (topics < MIN_TOPICS) return keep(`Too few topics to tell (at least ${MIN_TOPICS} are needed)`);
  if (!isProven({ gain }, topics)) return keep('The gain is not beyond chance');
  const worse = criteria.filter((criterion) => isBelowZero(criterion.gain)).map(({ name }) => name);
  if (worse.length > 0) return keep(`Proven worse on ${worse.join(', ')}`);
  if (regression !== null && isBelowZero(regression))
    return keep('Proven worse on the gate prompts of earlier rounds');
  return { promote: true, reason: `Proven better: ${found}.` };
}

function isBelowZero({ high }: Estimate): boolean {
  return high !== null && high < 0;
}
