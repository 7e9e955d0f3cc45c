/** What the test says of each arm: pure, from one record per answer. */
import type { ArmMetrics, BaselineMetrics, Estimate } from '../../../report/metrics.ts';
import type { ClusteredValue } from '../../../statistics/clusters.ts';
import { clusterMean } from '../../../statistics/cluster-mean.ts';
import { groupBy } from '../../../statistics/group-by.ts';
import { holm } from '../../../statistics/holm.ts';
import { shapeOfClusters } from '../../../statistics/skew.ts';
import { winRate } from '../../../statistics/win-rate.ts';
import { gainAtEqualLength, LENGTH_BAND, type AnsweredPrompt } from './equal-length.ts';

/** Points that a criterion may lose and still count as no worse. */
export const NON_INFERIORITY_MARGIN = 0.1;

/** One answer of the test with its scores. */
export interface TestAnswer {
  readonly basePromptIdx: number;
  readonly topic: string;
  readonly arm: string;
  readonly answerWords: number;
  /** scores[validator][criterion], 1 to 5; null = missing. */
  readonly scores: readonly (readonly (number | null)[])[];
}

export interface ArmComparison {
  readonly baseline: Omit<BaselineMetrics, 'spend'>;
  readonly arms: readonly Omit<ArmMetrics, 'spend'>[];
  /** Base prompts of which every arm has at least one scored answer, ascending, and their topics. */
  readonly basePrompts: readonly number[];
  readonly topicCount: number;
  /** Paired differences of each arm's overall score, one per base prompt. */
  readonly differences: ReadonlyMap<string, readonly ClusteredValue[]>;
}

/** Whom a comparison listens to, and what it is about. */
export interface ComparisonOptions {
  /** Besides `baseline`, in the order of the result. */
  readonly arms: readonly string[];
  /** In the rubric's order. */
  readonly criterionNames: readonly string[];
  /** The validators, counted from 1, that every figure but `validatorGains` rests on: those that learning never heard. */
  readonly judges: readonly number[];
  /** Those of all validators that learning never hears. Default: the judges. */
  readonly referees?: readonly number[];
  /** The arm, if it is among them, that only shows what spending as much does without learning: the others are compared with it as well. */
  readonly control?: string;
  /** The arms that something is claimed of, which were named before the test, with Holm's adjustment. Default: all but the control. */
  readonly claimed?: readonly string[];
  /** Coverage of the gains' intervals. Default 0.95. */
  readonly level?: number;
}

/**
 * Paired comparison of every arm with the baseline: per base prompt arm − baseline of each validator and criterion
 * that scored both, averaged over validators, then over criteria; intervals over topics (`clusterMean`), p-values by Holm over arms.
 * A base prompt that cannot be compared for one arm counts for none, so that all arms are compared on the same prompts.
 */
export function compareArms(
  answers: readonly TestAnswer[],
  {
    arms: armNames,
    criterionNames,
    judges,
    referees = judges,
    control,
    claimed,
    level = 0.95,
  }: ComparisonOptions,
): ArmComparison {
  const judged: ScoreFilter = (validator) => judges.includes(validator + 1);
  const validators = Array.from(
    { length: Math.max(0, ...answers.map(({ scores }) => scores.length)) },
    (_, index) => index + 1,
  );
  const cells = groupBy(answers, ({ arm, basePromptIdx }) => `${arm}:${basePromptIdx}`);
  const topicOf = new Map(answers.map(({ basePromptIdx, topic }) => [basePromptIdx, topic]));
  const answersOf = (arm: string, prompt: number): readonly TestAnswer[] =>
    cells.get(`${arm}:${prompt}`) ?? [];
  const differenceOf = (arm: string, prompt: number, wanted: ScoreFilter): number | null =>
    pairedDifference(answersOf(arm, prompt), answersOf('baseline', prompt), wanted);
  const basePrompts = [...topicOf.keys()]
    .filter((prompt) => armNames.every((arm) => differenceOf(arm, prompt, judged) !== null))
    .toSorted((one, other) => one - other);

  /** Paired differences of one arm, of the scores that `wanted` picks. */
  const differencesOf = (arm: string, wanted: ScoreFilter, prompts = basePrompts): ClusteredValue[] =>
    prompts.flatMap((prompt) => {
      const value = differenceOf(arm, prompt, wanted);
      return value === null ? [] : [{ cluster: topicOf.get(prompt) ?? '', value }];
    });
  const baselineOf = (arm: string): Omit<BaselineMetrics, 'spend'> => {
    const scores = basePrompts.map((prompt) =>
      average(meansOf(answersOf(arm, prompt), judged).map(({ mean }) => mean)),
    );
    return { meanScore: average(scores), scores };
  };
  const meanScoreOf = (arm: string, wanted: ScoreFilter): number =>
    average(basePrompts.flatMap((prompt) => meansOf(answersOf(arm, prompt), wanted).map(({ mean }) => mean)));
  const wordsOf = (arm: string, prompts = basePrompts): number =>
    average(prompts.flatMap((prompt) => answersOf(arm, prompt).map(({ answerWords }) => answerWords)));
  const isOfSameLength = (arm: string, prompt: number): boolean => {
    const ratio = wordsOf(arm, [prompt]) / Math.max(1, wordsOf('baseline', [prompt]));
    return ratio <= LENGTH_BAND && ratio >= 1 / LENGTH_BAND;
  };

  const scoredAnswersOf = (arm: string, prompt: number): AnsweredPrompt['own'] =>
    answersOf(arm, prompt).flatMap((answer) => {
      const means = meansOf([answer], judged).map(({ mean }) => mean);
      return means.length === 0 ? [] : { words: answer.answerWords, score: average(means) };
    });

  const differences = new Map(armNames.map((arm) => [arm, differencesOf(arm, judged)]));
  if (basePrompts.length === 0) {
    return { baseline: { meanScore: 0, scores: [] }, arms: [], basePrompts, topicCount: 0, differences };
  }
  const isClaimed = (arm: string): boolean =>
    claimed === undefined ? arm !== control : claimed.includes(arm);
  const estimates = armNames.map((arm) => ({ arm, ...clusterMean(differences.get(arm) ?? [], level) }));
  const adjusted = holm(estimates.map(({ arm, p }) => (isClaimed(arm) ? p : null)));
  const ofControl = control === undefined ? undefined : differences.get(control);
  const arms = armNames.map((name, index): Omit<ArmMetrics, 'spend'> => {
    const { mean, low, high } = estimates[index] ?? { mean: 0, low: null, high: null };
    const { share, ...rest } = winRate(differences.get(name) ?? []);
    const matched = basePrompts.filter((prompt) => isOfSameLength(name, prompt));
    const validatorGains = validators.flatMap((validator) => {
      const own = differencesOf(name, (other) => other === validator - 1);
      if (own.length === 0) return [];
      const { mean: gain, low: least, high: most } = estimate(own);
      return { validator, isReferee: referees.includes(validator), gain, low: least, high: most };
    });
    return {
      name,
      ...baselineOf(name),
      isClaimed: isClaimed(name),
      isControl: name === control,
      gain: { mean, low, high, pHolm: adjusted[index] ?? null },
      spread: shapeOfClusters(differences.get(name) ?? []),
      overControl:
        ofControl === undefined || name === control
          ? null
          : estimate(subtract(differences.get(name) ?? [], ofControl)),
      winRate: { value: share, ...rest },
      criteria: criterionNames.map((criterionName, criterion) => {
        const wanted: ScoreFilter = (validator, other) => judged(validator, other) && other === criterion;
        const gain = estimateOrNull(differencesOf(name, wanted)) ?? { mean: 0, low: null, high: null };
        return {
          name: criterionName,
          mean: meanScoreOf(name, wanted),
          baseline: meanScoreOf('baseline', wanted),
          gain,
          nonInferior: gain.low === null ? null : gain.low > -NON_INFERIORITY_MARGIN,
        };
      }),
      taughtGain: estimateOrNull(
        differencesOf(name, (validator, criterion) => !judged(validator, criterion)),
      ),
      lengthRatio: wordsOf(name) / Math.max(1, wordsOf('baseline')),
      lengthMatched:
        matched.length === 0
          ? null
          : { ...estimate(differencesOf(name, judged, matched)), prompts: matched.length },
      atEqualLength: gainAtEqualLength(
        basePrompts.map((prompt, place) => ({
          topic: topicOf.get(prompt) ?? '',
          gain: differences.get(name)?.[place]?.value ?? NaN,
          own: scoredAnswersOf(name, prompt),
          base: scoredAnswersOf('baseline', prompt),
        })),
        2 * level - 1,
      ),
      validatorGains,
      overOptimization: overOptimization(validatorGains),
    };
  });
  const topicCount = new Set(basePrompts.map((prompt) => topicOf.get(prompt))).size;
  return { baseline: baselineOf('baseline'), arms, basePrompts, topicCount, differences };
}

/** Differences less those of the control, base prompt by base prompt: both lists are in the order of the base prompts. */
function subtract(own: readonly ClusteredValue[], control: readonly ClusteredValue[]): ClusteredValue[] {
  return own.map(({ cluster, value }, index) => ({ cluster, value: value - (control[index]?.value ?? NaN) }));
}

function estimateOrNull(values: readonly ClusteredValue[]): Estimate | null {
  return values.length === 0 ? null : estimate(values);
}

function estimate(values: readonly ClusteredValue[]): Estimate {
  const { mean, low, high } = clusterMean(values);
  return { mean, low, high };
}

function overOptimization(gains: ArmMetrics['validatorGains']): number | null {
  const outside = gains.find(({ isReferee }) => isReferee);
  const inside = gains.filter(({ isReferee }) => !isReferee);
  if (outside === undefined || inside.length === 0) return null;
  return average(inside.map(({ gain }) => gain)) - outside.gain;
}

type ScoreFilter = (validator: number, criterion: number) => boolean;

/** Null if there is a wanted criterion of which no validator scored both sides. */
function pairedDifference(
  own: readonly TestAnswer[],
  base: readonly TestAnswer[],
  wanted: ScoreFilter,
): number | null {
  const baseMeans = new Map(
    meansOf(base, wanted).map((one) => [`${one.validator}:${one.criterion}`, one.mean]),
  );
  const byCriterion = new Map<number, number[]>();
  for (const { validator, criterion, mean } of meansOf(own, wanted)) {
    const other = baseMeans.get(`${validator}:${criterion}`);
    if (other !== undefined)
      byCriterion.set(criterion, [...(byCriterion.get(criterion) ?? []), mean - other]);
  }
  const wantedCriteria = new Set(
    [...own, ...base].flatMap(({ scores }) =>
      scores.flatMap((row, validator) =>
        row.flatMap((_, criterion) => (wanted(validator, criterion) ? criterion : [])),
      ),
    ),
  );
  if (wantedCriteria.size === 0 || byCriterion.size < wantedCriteria.size) return null;
  return average([...byCriterion.values()].map(average));
}

/** Mean over the answers of each validator's score of each wanted criterion, where there is any. */
function meansOf(
  answers: readonly TestAnswer[],
  wanted: ScoreFilter,
): { validator: number; criterion: number; mean: number }[] {
  const first = answers[0]?.scores ?? [];
  return first.flatMap((row, validator) =>
    row.flatMap((_, criterion) => {
      if (!wanted(validator, criterion)) return [];
      const scores = answers.flatMap((answer) => answer.scores[validator]?.[criterion] ?? []);
      return scores.length === 0 ? [] : [{ validator, criterion, mean: average(scores) }];
    }),
  );
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
