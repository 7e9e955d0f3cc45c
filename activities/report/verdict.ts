import { formatCounted, formatNumber, formatShare } from './format.ts';
import type { ArmMetrics, Estimate, Metrics, Verdict } from './metrics.ts';

/** What the verdict rests on. */
export interface Evidence {
  readonly arms: readonly Pick<ArmMetrics, 'name' | 'gain' | 'isControl' | 'overControl'>[];
  readonly counts: Pick<Metrics['counts'], 'testPrompts' | 'testTopics'>;
  readonly detectableEffect: number | null;
  /** Share of the score sheets that are missing, where they are too many to conclude anything from the others. */
  readonly missingShare?: number | undefined;
  /** Why nothing was trained, and so nothing tested, as a clause. */
  readonly untrained?: string | undefined;
}

/**
 * Fewest topics that a verdict may rest on. With two or three, false verdicts are several times as frequent as they
 * should be (17% and 7.5% instead of 5% on coarse scores, 600 simulations each); from five the intervals hold.
 */
export const MIN_TOPICS = 5;
/** Chance of a false verdict of gain, over all arms together, that is accepted. */
export const ALPHA = 0.05;

/**
 * Whether prompts were improved. `gain`: an arm's Holm-adjusted p-value is at most 0.05 and its interval is above
 * 0, and it rests on `MIN_TOPICS` topics (of several, the one with the largest mean). `worse`: no arm gains, and the arm with the largest mean is below
 * 0 by the same measure. Everything else is `no gain`, with the smallest effect that would have been seen.
 */
export function decideVerdict(evidence: Evidence): Verdict {
  const { arms, counts, detectableEffect, missingShare, untrained } = evidence;
  const none = { kind: 'no gain', arm: null } as const;
  if (missingShare !== undefined) {
    const share = `${formatShare(missingShare)} of the validators' score sheets could not be read`;
    return { ...none, sentence: `No gain: ${share}, so nothing is concluded from the others.` };
  }
  const best = findLeadingArm(arms, counts.testTopics);
  if (best === undefined) {
    const why = untrained === undefined ? '' : `, as ${untrained}`;
    return { ...none, sentence: `No gain: no optimized prompts were tested${why}.` };
  }

  const where = `on ${formatCounted(counts.testPrompts, 'held-out prompt')} of ${formatCounted(counts.testTopics, 'topic')}`;
  const prompts = `the optimized prompts (${best.name})`;
  const compared = `score ${compare(best.gain)} than the untouched prompts ${where}`;
  const about = { arm: best.name };
  if (isProven(best, counts.testTopics))
    return {
      ...about,
      kind: 'gain',
      sentence: `The optimized prompts (${best.name}) ${compared}${attribute(best.overControl)}.`,
    };
  if (isProven(best, counts.testTopics, -1))
    return { ...about, kind: 'worse', sentence: `Worse: ${prompts} ${compared}.` };
  const seen =
    counts.testTopics < MIN_TOPICS || detectableEffect === null
      ? `too few topics were tested to tell a difference from chance (at least ${MIN_TOPICS} are needed)`
      : `the smallest effect this test could have seen is ${formatNumber(detectableEffect)} points`;
  return { ...about, kind: 'no gain', sentence: `No gain: ${prompts} ${compared}; ${seen}.` };
}

/** The arm that the verdict is about, never the control: of those proven better the one with the largest gain, else the largest of all. */
export function findLeadingArm<Arm extends Pick<ArmMetrics, 'gain' | 'isControl'>>(
  arms: readonly Arm[],
  topicCount: number,
): Arm | undefined {
  const claimed = arms.filter(({ isControl }) => !isControl);
  const byGain = claimed.toSorted((one, other) => other.gain.mean - one.gain.mean);
  return byGain.find((arm) => isProven(arm, topicCount)) ?? byGain[0];
}

/** Whether an arm is better (sign 1) or worse (sign -1) than the baseline beyond chance. */
export function isProven({ gain }: Pick<ArmMetrics, 'gain'>, topicCount: number, sign: 1 | -1 = 1): boolean {
  const { pHolm, low, high } = gain;
  if (topicCount < MIN_TOPICS || pHolm === null || low === null || high === null) return false;
  return pHolm <= ALPHA && (sign > 0 ? low > 0 : high < 0);
}

/** What of a gain is learning, and not only spending, as the end of its sentence. */
function attribute(overControl: Estimate | null): string {
  if (overControl === null) return '';
  const { low } = overControl;
  const compared = `${compare(overControl)} than rewriting without learning`;
  return low !== null && low > 0
    ? `, and ${compared}`
    : `; that learning has a share in it is not proven, as they score ${compared}`;
}

function compare({ mean, low, high }: Estimate): string {
  return `${sizeOf(mean)} points ${sideOf(mean)}${intervalOf(mean, low, high)}`;
}

/** In the words of the mean: a loss of 0.20 to 0.80 is not called "−0.80 to −0.20 higher". */
function intervalOf(mean: number, low: number | null, high: number | null): string {
  if (low === null || high === null) return '';
  const [near, far] = mean < 0 ? [high, low] : [low, high];
  const text =
    sideOf(near) === sideOf(far)
      ? `${sizeOf(near)} to ${sizeOf(far)}`
      : `${sizeOf(low)} lower to ${sizeOf(high)} higher`;
  return ` (95% interval ${text})`;
}

function sizeOf(gain: number): string {
  return formatNumber(Math.abs(gain));
}

function sideOf(gain: number): string {
  return gain < 0 ? 'lower' : 'higher';
}
