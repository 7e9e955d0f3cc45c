/** How much of a gain is left where answers are of equal length: judges may pay for length. Pure. */
import type { EqualLengthGain } from '../../../report/metrics.ts';
import { adjustedMean, type PairedPoints, type Point } from '../../../statistics/adjusted-mean.ts';
import { clusterMean } from '../../../statistics/cluster-mean.ts';
import { groupBy } from '../../../statistics/group-by.ts';

/** Answers whose lengths differ by no more than this factor count as about as long as each other. */
export const LENGTH_BAND = 1.25;
/** Share of the topics that need answers of about equal length: with fewer, the gain at equal length is a guess about lengths that nobody wrote. */
const LEAST_OVERLAP = 0.5;

/** An answer as its judges see it. */
interface MeasuredAnswer {
  readonly words: number;
  /** Mean of its scores. */
  readonly score: number;
}

/** A base prompt's answers of the arm and of the baseline, one scored answer of each at least. */
export interface AnsweredPrompt {
  readonly topic: string;
  /** Its gain. */
  readonly gain: number;
  readonly own: readonly MeasuredAnswer[];
  readonly base: readonly MeasuredAnswer[];
}

/**
 * The gain less what the judges pay for length: the slope of scores on the logarithm of length, by answers of one prompt and arm
 * and by prompts of one topic. Null where it cannot be known: the lengths of the two arms do not overlap, or those within
 * an arm do not vary.
 */
export function gainAtEqualLength(
  prompts: readonly AnsweredPrompt[],
  level?: number,
): EqualLengthGain | null {
  if (prompts.length === 0) return null;
  if (shareOfOverlap(prompts) < LEAST_OVERLAP) return null;
  const adjusted = adjustedMean(prompts.map(toPoints), level);
  if (adjusted !== null) {
    const { mean, low, high, slope } = adjusted;
    return { mean, low, high, perDoubling: slope * Math.LN2 };
  }
  if (prompts.some(({ own, base }) => own.some((one) => base.some((other) => !areAlike(one, other)))))
    return null;
  const { mean, low, high } = clusterMean(
    prompts.map(({ topic, gain }) => ({ cluster: topic, value: gain })),
    level,
  );
  return { mean, low, high, perDoubling: null };
}

/** Share of the topics in which an answer of the arm is about as long as one of the baseline. */
function shareOfOverlap(prompts: readonly AnsweredPrompt[]): number {
  const topics = [...groupBy(prompts, ({ topic }) => topic).values()];
  const overlapping = topics.filter((members) => {
    const own = members.flatMap((prompt) => prompt.own);
    const base = members.flatMap((prompt) => prompt.base);
    return own.some((one) => base.some((other) => areAlike(one, other)));
  });
  return overlapping.length / topics.length;
}

function areAlike(one: MeasuredAnswer, other: MeasuredAnswer): boolean {
  return Math.abs(logLength(one) - logLength(other)) <= Math.log(LENGTH_BAND);
}

function toPoints({ topic, gain, own, base }: AnsweredPrompt): PairedPoints {
  const toPoint = (answer: MeasuredAnswer): Point => ({ covariate: logLength(answer), value: answer.score });
  return { cluster: topic, difference: gain, treated: own.map(toPoint), untreated: base.map(toPoint) };
}

function logLength({ words }: MeasuredAnswer): number {
  return Math.log(Math.max(1, words));
}
