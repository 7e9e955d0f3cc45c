/** How much better another wording could make the answers at most: pure, from the scores of a small trial. */
import { GREATEST_SCORE } from '../../configs/settings/criteria.ts';
import { clusterMean } from '../statistics/cluster-mean.ts';
import type { ClusteredValue } from '../statistics/clusters.ts';
import { correlate } from '../statistics/correlation.ts';
import { groupBy } from '../statistics/group-by.ts';

/** One judge's score of one answer. */
export interface TrialScore {
  readonly prompt: number;
  /** Prompts of one topic are alike. */
  readonly topic: string;
  /** What all prompts were put through alike, such as an approach; `UNTOUCHED` for the prompt as it is. */
  readonly wording: string;
  /** Number of the answer to this wording, from 0. */
  readonly sample: number;
  readonly judge: number;
  /** 1 to 5. */
  readonly score: number;
}

export const UNTOUCHED = 'untouched';

/** Correlation of two judges below which what one of them finds better is no news of what the other does. */
const LEAST_AGREEMENT = 0.2;
/** Chance of a `go` where there is nothing to be had, for the two ways of choosing together. */
const ERROR = 0.05;
/** A gain that would be found at this level, and not at the one above, is neither proven nor to be called none. */
const LOOSE_ERROR = 4 * ERROR;

export type HeadroomDecision = 'go' | 'stop' | 'mend the rubric first' | 'cannot tell';

/** A mean gain in points, with its interval; null where there are too few topics for one. */
export interface HeadroomGain {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Whether it would be above zero at four times the error. */
  readonly isLikely: boolean;
}

export interface Headroom {
  readonly decision: HeadroomDecision;
  readonly reason: string;
  readonly prompts: number;
  /** Mean score of the untouched prompts, 1 to 5. */
  readonly untouched: number;
  /** Points up to the best score that there is. */
  readonly ceiling: number;
  /** Most points to be gained: the ceiling, or the upper ends of the intervals if they are lower. */
  readonly most: number;
  /** Of the one wording that did best at the other topics; null without two topics. */
  readonly oneWording: HeadroomGain | null;
  /** Of each prompt's own best wording, by other answers than it was chosen by; null without two answers each. */
  readonly ownWording: HeadroomGain | null;
  /** Spread of two answers to the same text, in points; null without two answers each. */
  readonly noise: number | null;
  /** Mean correlation of two judges over answers to the same prompt; null with a single judge or without any spread. */
  readonly agreement: number | null;
}

/**
 * Every wording is chosen by other scores than it is valued by: by those of the other topics, and by other answers. So the best of many
 * by luck gains nothing.
 *
 * @param worthwhile points below which a gain is not worth a run, above 0.
 */
export function measureHeadroom(scores: readonly TrialScore[], worthwhile: number): Headroom {
  const cells = groupBy(scores, ({ prompt, wording, sample }) => JSON.stringify([prompt, wording, sample]));
  const answers = [...cells.values()].map(([first, ...others]): Answer => {
    const all = [first!, ...others];
    return { ...first!, score: average(all.map(({ score }) => score)) };
  });
  const prompts = [...groupBy(answers, ({ prompt }) => String(prompt)).values()].map(toPrompt);
  const untouched = average(prompts.flatMap(({ base }) => (base === null ? [] : [base])));
  const ceiling = GREATEST_SCORE - untouched;
  const oneWording = gainOf(chooseForAll(prompts));
  const ownWording = gainOf(chooseForEach(prompts));
  const highs = [oneWording, ownWording].flatMap((gain) => gain?.high ?? []);
  const measured = {
    prompts: prompts.length,
    untouched,
    ceiling,
    most: Math.max(0, Math.min(ceiling, ...(highs.length > 0 ? [Math.max(...highs)] : []))),
    oneWording,
    ownWording,
    noise: noiseOf(answers),
    agreement: agreementOf(scores),
  };
  return { ...decide(measured, worthwhile), ...measured };
}

function decide(
  { ceiling, most, oneWording, ownWording, agreement }: Omit<Headroom, 'decision' | 'reason'>,
  worthwhile: number,
): Pick<Headroom, 'decision' | 'reason'> {
  const points = (value: number): string => value.toFixed(2);
  if (ceiling < worthwhile)
    return {
      decision: 'stop',
      reason: `The untouched prompts are ${points(ceiling)} points below the best score that there is.`,
    };
  const gains = [oneWording, ownWording].flatMap((gain) =>
    gain !== null && gain.mean >= worthwhile ? [gain] : [],
  );
  const largest = (test: (gain: HeadroomGain) => boolean): number | undefined =>
    gains
      .filter(test)
      .map(({ mean }) => mean)
      .toSorted((one, other) => other - one)[0];
  const found = largest(({ low }) => low !== null && low > 0);
  if (found !== undefined)
    return {
      decision: 'go',
      reason: `Another wording gained ${points(found)} points where it was not chosen by.`,
    };
  if (agreement !== null && agreement < LEAST_AGREEMENT)
    return {
      decision: 'mend the rubric first',
      reason: `The judges agree as little as chance would have it (correlation ${points(agreement)}): what they call better means nothing yet.`,
    };
  const likely = largest(({ isLikely }) => isLikely);
  if (likely !== undefined)
    return {
      decision: 'cannot tell',
      reason: `Another wording seems to gain ${points(likely)} points where it was not chosen by, which may be chance: try more prompts.`,
    };
  return { decision: 'stop', reason: `No wording is seen to gain anything; at most ${points(most)} points.` };
}

/** An answer with the mean of its judges' scores. */
type Answer = Omit<TrialScore, 'judge'>;

interface Prompt {
  readonly topic: string;
  /** Mean score of the untouched prompt; null where it has none. */
  readonly base: number | null;
  /** By sample and wording. */
  readonly bySample: ReadonlyMap<number, ReadonlyMap<string, number>>;
  /** Means over the samples, by wording. */
  readonly byWording: ReadonlyMap<string, number>;
}

function toPrompt(answers: readonly Answer[]): Prompt {
  const byWording = new Map(
    [...groupBy(answers, ({ wording }) => wording)].map(([wording, own]) => [
      wording,
      average(own.map(({ score }) => score)),
    ]),
  );
  const samples = new Map<number, Map<string, number>>();
  for (const { sample, wording, score } of answers)
    samples.set(sample, (samples.get(sample) ?? new Map<string, number>()).set(wording, score));
  return { topic: answers[0]!.topic, base: byWording.get(UNTOUCHED) ?? null, bySample: samples, byWording };
}

/** Of each topic's prompts, what the wording gains that gains the most at all other topics. */
function chooseForAll(prompts: readonly Prompt[]): ClusteredValue[] {
  const compared = prompts.filter(({ base }) => base !== null);
  return [...groupBy(compared, ({ topic }) => topic)].flatMap(([topic, own]) => {
    const best = bestOf(meansOver(compared.filter((prompt) => prompt.topic !== topic)));
    if (best === undefined) return [];
    return own.flatMap((prompt): ClusteredValue[] => {
      const value = prompt.byWording.get(best);
      return value === undefined ? [] : [{ cluster: topic, value: value - prompt.base! }];
    });
  });
}

/** Mean gain of each wording over the untouched prompt. */
function meansOver(prompts: readonly Prompt[]): Map<string, number> {
  const gains = prompts.flatMap(({ byWording, base }) =>
    [...byWording]
      .filter(([wording]) => wording !== UNTOUCHED)
      .map(([wording, score]) => ({ wording, gain: score - base! })),
  );
  return new Map(
    [...groupBy(gains, ({ wording }) => wording)].map(([wording, own]) => [
      wording,
      average(own.map(({ gain }) => gain)),
    ]),
  );
}

/** Of each prompt, what the wording that is best by one answer gains by the others: each answer chooses once. */
function chooseForEach(prompts: readonly Prompt[]): ClusteredValue[] {
  return prompts.flatMap(({ topic, bySample }) => {
    const gains = [...bySample].flatMap(([sample, chosenBy]) => {
      const best = bestOf(chosenBy);
      const rest = [...bySample].filter(([other]) => other !== sample);
      return rest.flatMap(([, valuedBy]) => {
        const [value, base] = [valuedBy.get(best ?? UNTOUCHED), valuedBy.get(UNTOUCHED)];
        return value === undefined || base === undefined ? [] : [value - base];
      });
    });
    return gains.length === 0 ? [] : [{ cluster: topic, value: average(gains) }];
  });
}

/** The first of those with the greatest value. */
function bestOf(values: ReadonlyMap<string, number>): string | undefined {
  return [...values].reduce<readonly [string, number] | undefined>(
    (best, one) => (best === undefined || one[1] > best[1] ? one : best),
    undefined,
  )?.[0];
}

function gainOf(values: readonly ClusteredValue[]): HeadroomGain | null {
  if (values.length === 0) return null;
  const { mean, low, high } = clusterMean(values, 1 - ERROR / 2);
  const loose = clusterMean(values, 1 - LOOSE_ERROR / 2);
  return { mean, low, high, isLikely: loose.low !== null && loose.low > 0 };
}

/** Standard deviation of answers to the same text, pooled. */
function noiseOf(answers: readonly Answer[]): number | null {
  const groups = [...groupBy(answers, ({ prompt, wording }) => JSON.stringify([prompt, wording])).values()];
  const variances = groups
    .filter((own) => own.length > 1)
    .map((own) => varianceOf(own.map(({ score }) => score)));
  return variances.length === 0 ? null : Math.sqrt(average(variances));
}

function agreementOf(scores: readonly TrialScore[]): number | null {
  const centred = [...groupBy(scores, ({ prompt, judge }) => `${prompt}:${judge}`).values()].flatMap(
    (own) => {
      const mean = average(own.map(({ score }) => score));
      return own.map((one) => ({ ...one, score: one.score - mean }));
    },
  );
  const judges = [...new Set(scores.map(({ judge }) => judge))].toSorted((one, other) => one - other);
  const byAnswer = [
    ...groupBy(centred, ({ prompt, wording, sample }) => JSON.stringify([prompt, wording, sample])).values(),
  ];
  const correlations = judges.flatMap((one, index) =>
    judges.slice(index + 1).flatMap((other) => {
      const both = byAnswer.flatMap((own): [number, number][] => {
        const [left, right] = [one, other].map((judge) => own.find((score) => score.judge === judge)?.score);
        return left === undefined || right === undefined ? [] : [[left, right]];
      });
      const varies = [0, 1].every((side) => varianceOf(both.map((pair) => pair[side]!)) > 0);
      return varies ? [correlate(both)] : [];
    }),
  );
  return correlations.length === 0 ? null : average(correlations);
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
