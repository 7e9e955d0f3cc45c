/** What people said of a sample of the test's answers: how far the validators agree with them, and the gain corrected by them. */
import type { ActivityContext } from '../../../activity.ts';
import { CRITERIA } from '../../../../configs/settings/criteria.ts';
import type { AgreementMetrics, Estimate, PeopleMetrics } from '../../../report/metrics.ts';
import { criteriaMean } from '../../../scoring/criteria-sql.ts';
import type { ClusteredValue } from '../../../statistics/clusters.ts';
import { clusterMean } from '../../../statistics/cluster-mean.ts';
import { groupBy } from '../../../statistics/group-by.ts';
import { krippendorffAlpha, type RatedUnit } from '../../../statistics/krippendorff.ts';
import { predictionPoweredMean } from '../../../statistics/prediction-powered.ts';
import type { Row } from '../../../store/tables.ts';
import type { ArmComparison } from './arm-metrics.ts';

/** What is said of both answers of a pair, as of the arm and of the baseline. */
interface PairLabel {
  readonly pair: string;
  readonly labeler: string;
  /** From 0: its place among the criteria; 0 also for the pair as a whole. */
  readonly criterion: number;
  readonly arm: number;
  readonly baseline: number;
}

interface AskedPair {
  readonly pair: string;
  readonly basePromptIdx: number;
  readonly topic: string;
  readonly probability: number;
}

/** Labels of people whose name begins so were made up by a program. */
const SIMULATED = 'simulated';

/** Undefined where nobody has labelled anything. */
export async function measurePeople(
  comparison: ArmComparison,
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<PeopleMetrics | undefined> {
  const parameters = { run: run.runId };
  const asked = await store.query(
    `select pair, form, criteria, arm, base_prompt_idx, topic, probability
    from people_pairs join base_prompts using (run, base_prompt_idx) where run = $run order by base_prompt_idx`,
    parameters,
  );
  const said = await store.query(
    `select pair, labeler, criterion, preferred, is_arm_first, a, b
    from people_labels join people_pairs using (run, pair) where run = $run order by pair, labeler, criterion`,
    parameters,
  );
  const [first] = asked;
  if (first === undefined || said.length === 0) return undefined;
  const pairs = asked.map((row): AskedPair => ({
    pair: String(row['pair']),
    basePromptIdx: Number(row['base_prompt_idx']),
    topic: String(row['topic']),
    probability: Number(row['probability']),
  }));
  const labels = said.map(toLabel);
  const form = first['form'] === 'pairwise' ? 'pairwise' : 'criteria';
  const names = form === 'pairwise' ? ['Better answer'] : (JSON.parse(String(first['criteria'])) as string[]);
  const arm = String(first['arm']);
  const people = [...new Set(labels.map(({ labeler }) => labeler))];
  const scores = await store.query(
    `select pair, score.validator, own.arm = score.arm as is_arm, ${criteriaMean('score')} as mean,
      ${CRITERIA.map((name) => `score.${name}`).join(', ')}
    from people_pairs own join test_answers score using (run, base_prompt_idx, sample_idx)
    where run = $run and score.arm in (own.arm, 'baseline') order by pair, score.validator`,
    parameters,
  );
  const work = { pairs, labels, names, seed: run.seed };
  const differences = comparison.differences.get(arm) ?? [];
  return {
    form,
    arm,
    asked: pairs.length,
    labelled: new Set(labels.map(({ pair }) => pair)).size,
    people: people.length,
    simulated: people.every((name) => name.toLowerCase().startsWith(SIMULATED)),
    ...correct(form, comparison.basePrompts, differences, work),
    agreement: agreeWithValidators(form, scores, work),
    amongPeople: names.map((criterion, index) => amongPeople(criterion, index, work)),
  };
}

interface Work {
  readonly pairs: readonly AskedPair[];
  readonly labels: readonly PairLabel[];
  readonly names: readonly string[];
  readonly seed: number;
}

/** A preference counts as a difference of 1, 0 or -1. */
function toLabel(row: Row): PairLabel {
  const [a, b] =
    row['preferred'] === null
      ? [Number(row['a']), Number(row['b'])]
      : [row['preferred'] === 'a' ? 1 : 0, row['preferred'] === 'b' ? 1 : 0];
  return {
    pair: String(row['pair']),
    labeler: String(row['labeler']),
    criterion: Math.max(0, Number(row['criterion']) - 1),
    arm: row['is_arm_first'] === true ? a : b,
    baseline: row['is_arm_first'] === true ? b : a,
  };
}

/** The judges' mean over all prompts, beside the same corrected by what people said of some: of gains, or of the share preferred. */
function correct(
  form: PeopleMetrics['form'],
  basePrompts: readonly number[],
  differences: readonly ClusteredValue[],
  { pairs, labels, names }: Work,
): Pick<PeopleMetrics, 'judged' | 'corrected' | 'judgeWeight'> {
  const scale = (difference: number): number =>
    form === 'pairwise' ? (Math.sign(difference) + 1) / 2 : difference;
  const byPair = groupBy(labels, ({ pair }) => pair);
  const labelOf = new Map(
    pairs.flatMap(({ pair, basePromptIdx, probability }) => {
      // Who has left a criterion out has not said how much better the whole is.
      const whole = [...groupBy(byPair.get(pair) ?? [], ({ labeler }) => labeler).values()].filter(
        (own) => own.length === names.length,
      );
      if (whole.length === 0) return [];
      const said = whole.map((own) => average(own.map((one) => one.arm - one.baseline)));
      return [[basePromptIdx, { value: average(said.map(scale)), probability }] as const];
    }),
  );
  const units = differences.map(({ cluster, value }, index) => ({
    cluster,
    prediction: scale(value),
    label: labelOf.get(basePrompts[index] ?? -1),
  }));
  if (units.every(({ label }) => label === undefined))
    return { judged: null, corrected: null, judgeWeight: null };
  const judged = clusterMean(units.map(({ cluster, prediction }) => ({ cluster, value: prediction })));
  const { judgeWeight, ...corrected } = predictionPoweredMean(units);
  return { judged: estimateOf(judged), corrected: estimateOf(corrected), judgeWeight };
}

/** Krippendorff's alpha of each validator and the people's mean, over the answers that both scored, as if all had been asked about. */
function agreeWithValidators(
  form: PeopleMetrics['form'],
  scores: readonly Row[],
  { pairs, labels, names, seed }: Work,
): PeopleMetrics['agreement'] {
  const said = groupBy(labels, ({ pair, criterion }) => `${pair}:${criterion}`);
  const weightOf = weights(pairs);
  const byValidator = groupBy(scores, (row) => Number(row['validator']));
  return [...byValidator].flatMap(([validator, rows]) => {
    const byPair = groupBy(rows, (row) => String(row['pair']));
    return names.map((name, index) => {
      const units = pairs.flatMap(({ pair, topic }): RatedUnit[] => {
        const people = said.get(`${pair}:${index}`) ?? [];
        if (people.length === 0) return [];
        const own = (isArm: boolean): Row | undefined =>
          byPair.get(pair)?.find((row) => row['is_arm'] === isArm);
        const unit = { cluster: topic, weight: weightOf(pair) };
        if (form === 'pairwise') {
          const [arm, baseline] = [meanScore(own(true)), meanScore(own(false))];
          const preferred = average(people.map((one) => one.arm - one.baseline));
          const sign = arm === null || baseline === null ? null : Math.sign(arm - baseline);
          return [{ ...unit, ratings: [preferred, sign] }];
        }
        return ([true, false] as const).map((isArm) => ({
          ...unit,
          ratings: [
            average(people.map((one) => (isArm ? one.arm : one.baseline))),
            scoreOf(own(isArm), index),
          ],
        }));
      });
      const { alpha, low, high, unitCount } = krippendorffAlpha(units, { seed });
      return { validator, criterion: name, alpha, low, high, answers: unitCount };
    });
  });
}

/** The same of the people among themselves. */
function amongPeople(criterion: string, index: number, { pairs, labels, seed }: Work): AgreementMetrics {
  const weightOf = weights(pairs);
  const topicOf = new Map(pairs.map(({ pair, topic }) => [pair, topic]));
  const byPair = groupBy(
    labels.filter((label) => label.criterion === index),
    ({ pair }) => pair,
  );
  const units = [...byPair].flatMap(([pair, own]): RatedUnit[] =>
    [own.map((one) => one.arm), own.map((one) => one.baseline)].map((ratings) => ({
      cluster: topicOf.get(pair) ?? '',
      weight: weightOf(pair),
      ratings,
    })),
  );
  const { alpha, low, high } = krippendorffAlpha(units, { seed });
  return { criterion, alpha, low, high };
}

/** What a pair stands for: 1 ÷ its chance, 1 on average. */
function weights(pairs: readonly AskedPair[]): (pair: string) => number {
  const mean = average(pairs.map(({ probability }) => 1 / probability));
  const byPair = new Map(pairs.map(({ pair, probability }) => [pair, 1 / probability / mean]));
  return (pair) => byPair.get(pair) ?? 0;
}

function scoreOf(row: Row | undefined, criterion: number): number | null {
  const value = row?.[CRITERIA[criterion] ?? ''];
  return typeof value === 'number' ? value : null;
}

/** Null where one criterion is missing. */
function meanScore(row: Row | undefined): number | null {
  const mean = row?.['mean'];
  return typeof mean === 'number' ? mean : null;
}

function estimateOf({ mean, low, high }: Estimate): Estimate {
  return { mean, low, high };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
