/** The arms of two runs' verdicts compared prompt by prompt, from their tables. */
import type { ArmMetrics, Metrics } from '../../activities/report/metrics.ts';
import { endOfScale } from '../../activities/report/verdict.ts';
import { compareArms, type TestAnswer } from '../../activities/stages/8-test/metrics/arm-metrics.ts';
import { SCORES_OF_ANSWER, toTestAnswer } from '../../activities/stages/8-test/metrics/test-answers.ts';
import type { Store } from '../../activities/store/store.ts';
import { wrongInput } from '../cli-error.ts';
import type { CheckedComparison } from './requirements.ts';

const answersQuery = `
  select base_prompt, min(base_prompt_idx) as base_prompt_idx, min(topic) as topic, $arm as arm, model_output, ${SCORES_OF_ANSWER}
  from test_results where run = $run and arm = $arm
  group by base_prompt, model_output, sample_idx
  order by base_prompt, sample_idx`;

/**
 * The prompts that both runs tested, each with the answers of either run's arm. Judges are those that neither run's learning
 * heard.
 *
 * Throws `CliError` `WRONG_INPUT` where the two cannot be compared: other criteria, other models as judges, no arm, or no
 * prompt in common.
 */
export async function compareWithRun(
  store: Pick<Store, 'query'>,
  own: Metrics,
  other: Metrics,
): Promise<CheckedComparison> {
  const [ownArm, otherArm] = [armOf(own), armOf(other)];
  const judges = own.judges.validators.filter((validator) => other.judges.validators.includes(validator));
  demandSameJudges(own, other, judges);
  const theirs = new Map<string, TestAnswer[]>();
  for (const { prompt, answer } of await readAnswers(store, other, otherArm, judges))
    theirs.set(prompt, [...(theirs.get(prompt) ?? []), answer]);
  const mine = (await readAnswers(store, own, ownArm, judges)).filter(({ prompt }) => theirs.has(prompt));
  if (mine.length === 0)
    throw wrongInput(
      `${own.run} and ${other.run} tested no prompt in common: give both the same promptsFile and seed`,
    );
  // Rows join by the prompt's text: the same prompt may have another index in another run.
  const pairs = mine.flatMap(({ prompt, answer }) => [
    { ...answer, arm: ownArm.name },
    ...(theirs.get(prompt) ?? []).map((one) => ({
      ...one,
      arm: 'baseline',
      basePromptIdx: answer.basePromptIdx,
      topic: answer.topic,
    })),
  ]);
  const compared = compareArms(pairs, {
    arms: [ownArm.name],
    criterionNames: ownArm.criteria.map(({ name }) => name),
    judges,
  });
  const { arms, basePrompts, topicCount } = compared;
  const [arm] = arms;
  if (arm === undefined) throw wrongInput(`No prompt of both ${own.run} and ${other.run} has scores in both`);
  const areUnheard = own.judges.areUnheard && other.judges.areUnheard;
  return {
    arm,
    against: `${otherArm.name} of ${other.run}`,
    judges: { validators: judges, areUnheard },
    topics: topicCount,
    prompts: basePrompts.length,
    end: endOfScale(compared),
  };
}

async function readAnswers(
  store: Pick<Store, 'query'>,
  { run }: Metrics,
  { name }: ArmMetrics,
  judges: readonly number[],
): Promise<{ prompt: string; answer: TestAnswer }[]> {
  const rows = await store.query(answersQuery, { run, arm: name });
  return rows.map((row) => ({ prompt: String(row['base_prompt']), answer: toTestAnswer(row, judges) }));
}

/** The arm that a run's verdict is about. */
function armOf({ run, arms, verdict }: Metrics): ArmMetrics {
  const arm = arms.find(({ name }) => name === verdict.arm);
  if (arm === undefined) throw wrongInput(`${run} tested no optimized prompts: ${verdict.sentence}`);
  return arm;
}

function demandSameJudges(own: Metrics, other: Metrics, judges: readonly number[]): void {
  if (judges.length === 0) throw wrongInput(`${own.run} and ${other.run} have no judge in common`);
  const described = (metrics: Metrics): string =>
    JSON.stringify([
      armOf(metrics).criteria.map(({ name }) => name),
      judges.map((judge) => metrics.validators.find(({ validator }) => validator === judge)?.model),
    ]);
  if (described(own) !== described(other))
    throw wrongInput(
      `${own.run} and ${other.run} were judged by other criteria or other models: their scores are not of one scale`,
    );
}
