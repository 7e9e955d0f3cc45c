import { parseRubric } from '../../configs/checks/rubric.ts';
import type { Activity, ActivityContext } from '../activity.ts';
import { compareArms, type TestAnswer } from '../stages/8-test/metrics/arm-metrics.ts';
import type { Estimate } from '../report/metrics.ts';
import { estimateSchema } from '../schemas.ts';
import { SCORES_OF_ANSWER, toTestAnswer } from '../stages/8-test/metrics/test-answers.ts';
import { panelOf } from '../../configs/settings/panel.ts';
import { judgesOf, readTrust, type Judges } from '../scoring/validator-trust.ts';
import { writeGateVerdict } from '../store/model-registry.ts';
import type { Contender } from './contenders.ts';
import { decidePromotion } from './promotion-rule.ts';

export interface JudgeInput {
  readonly challenger: string;
  /** Empty = none yet: the untouched prompts are the opponent. */
  readonly champion: string;
}

export interface JudgeOutput {
  readonly promote: boolean;
  readonly reason: string;
  /** Of the challenger over its opponent. */
  readonly gain: Estimate;
  /** Of the challenger over the untouched prompts. */
  readonly challengerLevel: Estimate;
  /** Of the champion over the untouched prompts; zero without one. */
  readonly championLevel: Estimate;
  readonly prompts: number;
  readonly topics: number;
}

/** One row an answer. */
const answers = `
  select base_prompt_idx, topic, arm, model_output, is_regression, ${SCORES_OF_ANSWER}
  from test_answers
  join (select run, base_prompt_idx, split = 'regression' as is_regression from base_prompts) using (run, base_prompt_idx)
  where run = $run
  group by base_prompt_idx, topic, arm, model_output, is_regression, sample_idx
  order by base_prompt_idx, arm, sample_idx`;

const none: Estimate = { mean: 0, low: null, high: null };

/** The gate: compares the challenger with the champion on prompts that neither has seen, and says which to use. */
export const judgeChallenger: Activity<JudgeInput, JudgeOutput> = {
  name: 'judgeChallenger',
  description: 'Compares the challenger with the champion on the prompts of the gate.',
  taskQueue: 'prose',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['challenger', 'champion'],
    properties: { challenger: { type: 'string', minLength: 1 }, champion: { type: 'string' } },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['promote', 'reason', 'gain', 'challengerLevel', 'championLevel', 'prompts', 'topics'],
    properties: {
      promote: { type: 'boolean' },
      reason: { type: 'string' },
      gain: estimateSchema,
      challengerLevel: estimateSchema,
      championLevel: estimateSchema,
      prompts: { type: 'integer' },
      topics: { type: 'integer' },
    },
  },
  async run({ challenger, champion }, context) {
    const { store, run, log } = context;
    const { answered: all, judges } = await readAnswers(context);
    const compare = (own: Contender, other: Contender, answered: readonly TestAnswer[] = all) =>
      compareContenders(answered, own, other, judges, context);
    const opponent = champion === '' ? 'baseline' : 'champion';
    const contest = compare('challenger', opponent);
    const [arm] = contest.arms;
    const earlier = all.filter(({ isRegression }) => isRegression);
    const regression = compare('challenger', opponent, earlier);
    const { promote, reason } = decidePromotion({
      arm: arm ?? null,
      judges,
      regression: regression.arms[0]?.gain ?? null,
      prompts: contest.basePrompts.length,
      topics: contest.topicCount,
      opponent,
    });
    const judged: JudgeOutput = {
      promote,
      reason,
      gain: estimateOf(arm?.gain),
      challengerLevel: estimateOf(compare('challenger', 'baseline').arms[0]?.gain),
      championLevel: champion === '' ? none : estimateOf(compare('champion', 'baseline').arms[0]?.gain),
      prompts: contest.basePrompts.length,
      topics: contest.topicCount,
    };
    await writeGateVerdict(store, 'prompt_optimization', challenger, {
      run: run.runId,
      opponent: champion,
      promote,
      reason,
      gain: judged.gain,
    });
    log.info({ challenger, champion, promote }, reason);
    return judged;
  },
};

interface GateAnswer extends TestAnswer {
  readonly isRegression: boolean;
}

async function readAnswers({
  store,
  run,
  settings,
  log,
}: ActivityContext): Promise<{ answered: GateAnswer[]; judges: Judges }> {
  const { validators: trusted } = await readTrust({ store, run, settings, log });
  const rows = await store.query(answers, { run: run.runId });
  const answered = rows.map((row) => ({
    ...toTestAnswer(row, trusted),
    isRegression: row['is_regression'] === true,
  }));
  return { answered, judges: judgesOf(trusted, panelOf(settings.validatorModel)) };
}

/** The comparison of arms knows one baseline: here it is the contender that the other is compared with. */
function compareContenders(
  answered: readonly TestAnswer[],
  own: Contender,
  other: Contender,
  judges: Judges,
  { settings }: ActivityContext,
): ReturnType<typeof compareArms> {
  const criterionNames = parseRubric(settings.texts.rubric).criteria.map(({ name }) => name);
  const renamed = answered.flatMap((answer) => {
    if (answer.arm === other) return { ...answer, arm: 'baseline' };
    return answer.arm === own ? answer : [];
  });
  return compareArms(renamed, { arms: [own], criterionNames, judges: judges.validators });
}

function estimateOf(gain: Estimate | undefined): Estimate {
  return gain === undefined ? none : { mean: gain.mean, low: gain.low, high: gain.high };
}
