import { GREATEST_SCORE, LEAST_SCORE } from '../../configs/settings/criteria.ts';
import { leastTellableGain } from '../statistics/rare-harm.ts';
import { formatCounted, formatInterval, formatNumber, formatShare, formatSigned } from '../text/figures.ts';
import type { ArmMetrics, Estimate, Metrics, RunFailure, Verdict } from './metrics.ts';

/** What of an arm a verdict looks at. */
export type JudgedArm = Pick<ArmMetrics, 'name' | 'isClaimed' | 'overControl'> & Gain & Effects;
/** What a gain is proven by; metrics of earlier versions have no spread, and nothing at equal length. */
type Gain = Pick<ArmMetrics, 'gain'> & Partial<Pick<ArmMetrics, 'spread' | 'atEqualLength' | 'lengthRatio'>>;
/** What may speak against a gain. */
type Effects = Pick<ArmMetrics, 'criteria' | 'validatorGains'>;

/** What the verdict rests on. */
export interface Evidence {
  readonly arms: readonly JudgedArm[];
  readonly counts: Pick<Metrics['counts'], 'testPrompts' | 'testTopics'>;
  readonly judges: Metrics['judges'];
  readonly detectableEffect: number | null;
  /** Share of the score sheets that are missing, where they are too many to conclude anything from the others. */
  readonly missingShare?: number | undefined;
  /** Why no validator is believed, as a clause. */
  readonly tooFewValidators?: string | undefined;
  /** Why nothing was trained, and so nothing tested, as a clause. */
  readonly untrained?: string | undefined;
  /** What has failed, where the run ended before its test. */
  readonly failed?: RunFailure['tasks'] | undefined;
  /** Where every answer of every arm got the least or the greatest score that there is: `endOfScale`. */
  readonly end?: EndOfScale | undefined;
  /** What is not as it was registered before the test, as a clause. */
  readonly deviation?: string | null | undefined;
}

export type EndOfScale = 'least' | 'greatest';

const ENDS: { readonly [end in EndOfScale]: number } = {
  least: LEAST_SCORE,
  greatest: GREATEST_SCORE,
};

/** At which end of the scale all answers are, if they are: their judges then told none from another, whatever the interval says. */
export function endOfScale({
  baseline,
  arms,
}: {
  readonly baseline: Pick<Metrics['baseline'], 'meanScore'>;
  readonly arms: readonly Pick<ArmMetrics, 'meanScore'>[];
}): EndOfScale | undefined {
  const isAt = (end: EndOfScale): boolean =>
    [baseline, ...arms].every(({ meanScore }) => meanScore === ENDS[end]);
  return (['least', 'greatest'] as const).find(isAt);
}

/** Failed tasks named in the sentence. */
const MAX_NAMED = 3;

/** What a test is like that can prove anything. */
export type Grounds = Pick<Evidence, 'judges'> & {
  readonly topics: number;
  /** Two-sided error level. Default `ALPHA`. */
  readonly level?: number;
  /** Share of the topics' sightings that are of topics seen in one look only. Default 1: one look. */
  readonly seenOnce?: number;
};

/**
 * Fewest topics that a verdict may rest on. With two or three, false verdicts are several times as frequent as they
 * should be (17% and 7.5% instead of 5% on coarse scores, 600 simulations each); from five the intervals hold.
 */
export const MIN_TOPICS = 5;
/** Chance of a false verdict of gain, over all claimed arms together, that is accepted. */
export const ALPHA = 0.05;
/** A skew of the topics' effects below this is large: few topics lose much. */
const LARGE_SKEW = -1;

/**
 * Whether prompts were improved, by judges that learning never heard. An arm is proven better if its p-value (Holm-adjusted over the
 * claimed arms) is at most 0.05, its interval is above 0, it rests on `MIN_TOPICS` topics, and neither skew nor too few topics leave a
 * doubt; a criterion or a believed validator for which it is proven worse takes the verdict back to `mixed`. It is about the arm that
 * was claimed before the test; of several the one that it says most for.
 */
export function decideVerdict(evidence: Evidence): Verdict {
  const { arms, counts, judges, detectableEffect, missingShare, untrained } = evidence;
  const unable = (why: string, arm: string | null = null): Verdict => ({
    kind: 'cannot tell',
    arm,
    sentence: `This test cannot tell: ${why}.`,
  });
  const none = (why: string): Verdict => ({ kind: 'none', arm: null, sentence: `No verdict: ${why}.` });
  if (evidence.failed !== undefined) return none(`the run has failed at ${listFailed(evidence.failed)}`);
  if (missingShare !== undefined) {
    const share = `${formatShare(missingShare)} of the validators' score sheets could not be read`;
    return unable(`${share}, so nothing is concluded from the others`);
  }
  if (evidence.tooFewValidators !== undefined)
    return unable(`${evidence.tooFewValidators}, so nothing is concluded from any score`);
  if (evidence.deviation != null)
    return unable(`${evidence.deviation}, so nothing is concluded from any score`);
  const grounds = { judges, topics: counts.testTopics };
  const best = findLeadingArm(arms, grounds);
  if (best === undefined) {
    const why = untrained === undefined ? '' : `, as ${untrained}`;
    return none(`no optimized prompts were tested${why}`);
  }

  const where = `on ${formatCounted(counts.testPrompts, 'held-out prompt')} of ${formatCounted(counts.testTopics, 'topic')}`;
  const compared = `score ${compare(best.gain)} than the untouched prompts ${where}`;
  const prompts = `the optimized prompts (${best.name}) ${compared}`;
  const obstacle = whyUnable(grounds, { hasInterval: detectableEffect !== null, end: evidence.end });
  if (obstacle !== null)
    return unable(`${obstacle}; ${judges.areUnheard ? '' : 'by the others '}${prompts}`, best.name);
  const about = { arm: best.name };
  if (isProven(best, grounds)) {
    const objection = findObjection(best);
    if (objection !== null)
      return { ...about, kind: 'mixed', sentence: `Better on the whole, but ${objection}: ${prompts}.` };
    const sentence = `The optimized prompts (${best.name}) ${compared}${leastOf(best)}${attribute(best.overControl)}.`;
    return { ...about, kind: 'gain', sentence };
  }
  if (isProven(best, grounds, -1)) return { ...about, kind: 'worse', sentence: `Worse: ${prompts}.` };
  const doubt = findDoubt(best, grounds);
  if (doubt !== null)
    return { ...about, kind: 'not proven', sentence: `Not proven, as ${doubt}: ${prompts}.` };
  const seen =
    detectableEffect === null
      ? ''
      : `; the smallest effect this test could have seen is ${formatNumber(detectableEffect)} points`;
  return best.gain.mean > 0
    ? { ...about, kind: 'not proven', sentence: `Not proven: ${prompts}${seen}.` }
    : { ...about, kind: 'no gain', sentence: `No gain: ${prompts}${seen}.` };
}

/**
 * Why a test can tell nothing whatever its figures are, as a clause; null if it can.
 *
 * @param seen whether there is an interval around what was measured, and the end of the scale at which all answers are, if they are.
 */
export function whyUnable(
  { judges, topics }: Grounds,
  { hasInterval, end }: { readonly hasInterval: boolean; readonly end: EndOfScale | undefined },
): string | null {
  if (!judges.areUnheard) return 'no validator is left that learning has not listened to';
  if (topics < MIN_TOPICS || !hasInterval)
    return `too few topics were tested to tell a difference from chance (at least ${MIN_TOPICS} are needed)`;
  return end === undefined
    ? null
    : `every answer got the ${end} score that there is, so the judges told none from another`;
}

function listFailed(tasks: RunFailure['tasks']): string {
  const named = tasks.slice(0, MAX_NAMED).map(({ task, code }) => `${task} (${code})`);
  const left = tasks.length - named.length;
  return `${named.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/**
 * The arm that the verdict is about, one of which something was claimed: of those proven better without objection the one with the
 * largest gain, else of those proven better, else of all.
 */
export function findLeadingArm<Arm extends Pick<ArmMetrics, 'isClaimed'> & Gain & Effects>(
  arms: readonly Arm[],
  grounds: Grounds,
): Arm | undefined {
  const claimed = arms.filter(({ isClaimed }) => isClaimed);
  const byGain = claimed.toSorted((one, other) => other.gain.mean - one.gain.mean);
  return (
    byGain.find((arm) => isImprovement(arm, grounds)) ??
    byGain.find((arm) => isProven(arm, grounds)) ??
    byGain[0]
  );
}

/** Whether an arm is proven better and nothing is proven against it: what may be promoted. */
export function isImprovement(arm: Gain & Effects, grounds: Grounds): boolean {
  return isProven(arm, grounds) && findObjection(arm) === null;
}

/** Whether an arm is better (sign 1) or worse (sign -1) than the baseline beyond chance and without a doubt, on the whole. */
export function isProven(arm: Gain, grounds: Grounds, sign: 1 | -1 = 1): boolean {
  return isBeyondChance(arm, grounds, sign) && (sign < 0 || findDoubt(arm, grounds) === null);
}

/**
 * What leaves a gain in doubt that is beyond chance by its interval, as a clause; null if nothing does, or it is not beyond chance: topics
 * that are too few to rule out a rare harm that none of them shows (`leastTellableGain`), few topics that lose so much that
 * Student's t is not to be trusted, or judges that may have paid for length.
 */
export function findDoubt(arm: Gain, grounds: Grounds): string | null {
  if (!isBeyondChance(arm, grounds, 1)) return null;
  const { topics, level = ALPHA, seenOnce } = grounds;
  const least = leastTellableGain(topics, seenOnce);
  if (arm.gain.mean < least)
    return `on ${formatCounted(topics, 'topic')} a gain below ${formatNumber(least)} points is not told from one with a rare harm that none of them shows`;
  const { skew, pSkewed } = arm.spread ?? { skew: null, pSkewed: null };
  if (skew !== null && skew < LARGE_SKEW && pSkewed !== null && pSkewed > level / 2)
    return `few topics lose so much (skew ${formatNumber(skew)}) that the others' gain may be chance`;
  return grounds.judges.arePrograms === true ? null : findLengthDoubt(arm);
}

/** Why a gain may be nothing but longer answers, as a clause; null if they are no longer, or it is above zero at equal length as well. */
export function findLengthDoubt({
  atEqualLength,
  lengthRatio,
}: Pick<Gain, 'atEqualLength' | 'lengthRatio'>): string | null {
  if (atEqualLength === undefined || (lengthRatio !== undefined && lengthRatio <= 1)) return null;
  const ratio = lengthRatio === undefined ? '' : ` (${formatNumber(lengthRatio)} times as long)`;
  if (atEqualLength === null)
    return `the gain may be length alone: the answers are so much longer${ratio} that nothing tells what they gain at equal length`;
  if (atEqualLength.low !== null && atEqualLength.low > 0) return null;
  return `the gain may be length alone: less what the judges give for length it is ${formatSigned(atEqualLength.mean)} (interval ${formatInterval(atEqualLength, formatSigned)})`;
}

function isBeyondChance({ gain }: Gain, { judges, topics, level = ALPHA }: Grounds, sign: 1 | -1): boolean {
  const { pHolm, low, high } = gain;
  if (!judges.areUnheard || topics < MIN_TOPICS) return false;
  if (pHolm === null || low === null || high === null) return false;
  return pHolm <= level && (sign > 0 ? low > 0 : high < 0);
}

/** What is proven worse although the whole is not, as a clause; null if nothing is. */
export function findObjection({ criteria, validatorGains }: Effects): string | null {
  const worse = criteria.filter(({ gain }) => isBelowZero(gain)).map(({ name }) => name);
  if (worse.length > 0) return `proven worse on ${worse.join(', ')}`;
  const against = validatorGains.filter(isBelowZero).map(({ validator }) => validator);
  return against.length === 0 ? null : `proven worse for validator ${against.join(' and ')}`;
}

function isBelowZero({ high }: { readonly high: number | null }): boolean {
  return high !== null && high < 0;
}

/** The gain that the least convinced validator sees: a gain for one only is not one for all. */
function leastOf({ validatorGains }: Effects): string {
  if (validatorGains.length < 2) return '';
  const least = Math.min(...validatorGains.map(({ gain }) => gain));
  return `; the validator that sees least sees ${sizeOf(least)} ${sideOf(least)}`;
}

/** What of a gain is learning, and not only spending, as the end of its sentence. */
function attribute(overControl: Estimate | null): string {
  if (overControl === null) return '';
  const { low, high } = overControl;
  const compared = `${compare(overControl)} than rewriting without learning`;
  if (low !== null && low > 0) return `. Learning adds to it: they score ${compared}`;
  return high !== null && high < 0
    ? `. Rewriting helps, and without learning it helps more: they score ${compared}`
    : `. Rewriting helps; that learning adds to it is not proven: they score ${compared}`;
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
