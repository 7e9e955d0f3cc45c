/** What the test says of each arm: pure, from one record per answer. */
import type { ArmMetrics, BaselineMetrics } from './report/metrics.ts';
import type { ClusteredValue } from './statistics/clusters.ts';
import { clusterBootstrap } from './statistics/bootstrap.ts';
import { holm } from './statistics/holm.ts';
import { winRate } from './statistics/win-rate.ts';

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
  readonly baseline: BaselineMetrics;
  readonly arms: readonly ArmMetrics[];
  /** Base prompts of which every arm has at least one scored answer, ascending, and their topics. */
  readonly basePrompts: readonly number[];
  readonly topicCount: number;
  /** Paired differences of each arm's overall score, one per base prompt. */
  readonly differences: ReadonlyMap<string, readonly ClusteredValue[]>;
}

/**
 * Paired comparison of every arm with the baseline: per base prompt arm − baseline of each validator and criterion
 * that scored both, averaged over validators, then over criteria; intervals by cluster bootstrap over topics, p-values by Holm over arms.
 * A base prompt that cannot be compared for one arm counts for none, so that all arms are compared on the same prompts.
 *
 * @param criterionNames in the rubric's order
 */
export function compareArms(
  answers: readonly TestAnswer[],
  armNames: readonly string[],
  criterionNames: readonly string[],
  seed: number,
): ArmComparison {
  const cells = groupBy(answers, ({ arm, basePromptIdx }) => `${arm}:${basePromptIdx}`);
  const topicOf = new Map(answers.map(({ basePromptIdx, topic }) => [basePromptIdx, topic]));
  const answersOf = (arm: string, prompt: number): readonly TestAnswer[] =>
    cells.get(`${arm}:${prompt}`) ?? [];
  const differenceOf = (arm: string, prompt: number, wanted: ScoreFilter): number | null =>
    pairedDifference(answersOf(arm, prompt), answersOf('baseline', prompt), wanted);
  const basePrompts = [...topicOf.keys()]
    .filter((prompt) => armNames.every((arm) => differenceOf(arm, prompt, all) !== null))
    .toSorted((one, other) => one - other);

  /** Paired differences of one arm, of the scores that `wanted` picks. */
  const differencesOf = (arm: string, wanted: ScoreFilter): ClusteredValue[] =>
    basePrompts.flatMap((prompt) => {
      const value = differenceOf(arm, prompt, wanted);
      return value === null ? [] : [{ cluster: topicOf.get(prompt) ?? '', value }];
    });
  const baselineOf = (arm: string): BaselineMetrics => {
    const scores = basePrompts.map((prompt) =>
      average(meansOf(answersOf(arm, prompt), all).map(({ mean }) => mean)),
    );
    return { meanScore: average(scores), scores };
  };
  const meanScoreOf = (arm: string, wanted: ScoreFilter): number =>
    average(basePrompts.flatMap((prompt) => meansOf(answersOf(arm, prompt), wanted).map(({ mean }) => mean)));
  const wordsOf = (arm: string): number =>
    average(basePrompts.flatMap((prompt) => answersOf(arm, prompt).map(({ answerWords }) => answerWords)));

  const differences = new Map(armNames.map((arm) => [arm, differencesOf(arm, all)]));
  if (basePrompts.length === 0) {
    return { baseline: { meanScore: 0, scores: [] }, arms: [], basePrompts, topicCount: 0, differences };
  }
  const estimates = armNames.map((arm) => clusterBootstrap(differences.get(arm) ?? [], { seed }));
  const adjusted = holm(estimates.map(({ p }) => p));
  const arms = armNames.map((name, index): ArmMetrics => {
    const { mean, low, high } = estimates[index] ?? { mean: 0, low: null, high: null };
    const { share, ...rest } = winRate(differences.get(name) ?? [], { seed });
    return {
      name,
      ...baselineOf(name),
      gain: { mean, low, high, pHolm: adjusted[index] ?? null },
      winRate: { value: share, ...rest },
      criteria: criterionNames.map((criterionName, criterion) => {
        const wanted: ScoreFilter = (_validator, other) => other === criterion;
        const own = differencesOf(name, wanted);
        const gain = own.length === 0 ? { mean: 0, low: null, high: null } : clusterBootstrap(own, { seed });
        return {
          name: criterionName,
          mean: meanScoreOf(name, wanted),
          baseline: meanScoreOf('baseline', wanted),
          gain: { mean: gain.mean, low: gain.low, high: gain.high },
        };
      }),
      lengthRatio: wordsOf(name) / Math.max(1, wordsOf('baseline')),
      validatorGains: [0, 1, 2].map((validator) => ({
        validator: validator + 1,
        gain: average(differencesOf(name, (other) => other === validator).map(({ value }) => value)),
      })),
    };
  });
  const topicCount = new Set(basePrompts.map((prompt) => topicOf.get(prompt))).size;
  return { baseline: baselineOf('baseline'), arms, basePrompts, topicCount, differences };
}

type ScoreFilter = (validator: number, criterion: number) => boolean;

const all: ScoreFilter = () => true;

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

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
