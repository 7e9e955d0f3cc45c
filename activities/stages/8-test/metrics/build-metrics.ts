import { criteriaSum } from '../../../scoring/criteria-sql.ts';
import type { ActivityContext } from '../../../activity.ts';
import type {
  ArmSpend,
  ClaimMetrics,
  ExampleMetrics,
  Metrics,
  RunFailure,
  StageSpend,
} from '../../../report/metrics.ts';
import type { TrainingMetrics } from '../../../trainers/trainer.ts';
import type { FineTuningOutput } from '../../7-training/fine-tuning.ts';
import type { Row } from '../../../store/tables.ts';
import { estimateOf, type ClaimVerdict } from '../../../claims/judge-claim.ts';
import { MARGIN } from '../../../claims/register-test.ts';
import { findDeviation, type Registration } from '../../../claims/registration.ts';
import { compareArms, NON_INFERIORITY_MARGIN, type ArmComparison } from './arm-metrics.ts';
import { measureArmSpend } from './arm-spend.ts';
import { armsOf, control } from '../arms.ts';
import { TUNED } from '../../../report/training-metrics.ts';
import { measureAgreement } from './measure-agreement.ts';
import { measurePeople } from './measure-people.ts';
import { ALPHA, decideVerdict, endOfScale, findLeadingArm } from '../../../report/verdict.ts';
import { detectableEffect } from '../../../statistics/detectable-effect.ts';
import { parseRubric } from '../../../../configs/checks/rubric.ts';
import { isSimulatedRole } from '../../../../configs/settings/simulated.ts';
import { openVersion } from '../../../trainers/index.ts';
import { readModelFile } from '../../../store/model-registry.ts';
import { countCopiedPrompts } from './copied-prompts.ts';
import { countMissingScores } from '../../../scoring/missing-scores.ts';
import { countRefusals } from './count-refusals.ts';
import { describeInputs } from './run-inputs.ts';
import { readLosses } from './read-losses.ts';
import { findWarnings } from './report-warnings.ts';
import { SCORES_OF_ANSWER, toTestAnswer } from './test-answers.ts';
import {
  correlateValidators,
  describeValidators,
  measureNoise,
  measureSelection,
} from './validator-metrics.ts';
import { panelOf } from '../../../../configs/settings/panel.ts';
import { judgesOf, readTrust, tallySentinels } from '../../../scoring/validator-trust.ts';

/** Answers of the test, one row each. */
const answersQuery = `
  select base_prompt_idx, topic, base_prompt, arm, prompt, model_output, ${SCORES_OF_ANSWER}
  from test_answers where run = $run
  group by base_prompt_idx, topic, base_prompt, arm, prompt, model_output, sample_idx
  order by base_prompt_idx, arm, sample_idx`;

/** What the metrics of a run rest on besides its tables. */
export interface TestedRun {
  /** Version of the prompt-optimization model that was tested; empty if none was trained. */
  readonly version: string;
  readonly fineTuning: FineTuningOutput;
  /** Pairs that `buildPairs` left out for copying from the data. */
  readonly leakingPairs?: number;
  /** What was registered before the test; absent in definitions that register nothing. */
  readonly registration?: Registration;
  /** Of a run that has failed before its test: whatever of that there is counts for nothing. */
  readonly failure?: RunFailure;
}

/** A run whose registered claim was looked at. */
interface MeasuredRun extends TestedRun {
  /** Null or absent where nothing was registered or trained. */
  readonly judged?: ClaimVerdict | null;
}

/** Everything that metrics.json says of a run. */
export async function buildMetrics(
  { version, fineTuning, leakingPairs, registration, failure, judged }: MeasuredRun,
  context: ActivityContext,
): Promise<Metrics> {
  const { store, run, settings } = context;
  const tallies = await tallySentinels(context);
  const missing = await countMissingScores(context);
  const trust = await readTrust(context);
  const trusted = missing.areTooMany ? [] : trust.validators;
  const rows = failure === undefined ? await store.query(answersQuery, { run: run.runId }) : [];
  const answers = rows.map((row) => toTestAnswer(row, trusted));
  const criterionNames = parseRubric(settings.texts.rubric).criteria.map(({ name }) => name);
  const training = version === '' ? undefined : await readTraining(version, context);
  const armOfVersion = training?.trainer ?? settings.promptOptimization.trainer;
  const arms = armsOf(armOfVersion);
  const armNames = arms
    .map(({ name }) => name)
    .filter((name) => name !== 'baseline' && answers.some(({ arm }) => arm === name));
  const panel = panelOf(settings.validatorModel);
  const judges = judgesOf(trusted, panel);
  const comparison = compareArms(answers, {
    arms: armNames,
    criterionNames,
    judges: judges.validators,
    referees: panel.referees,
    control,
    claimed: [armOfVersion, ...armNames.filter((name) => name === TUNED)],
  });
  const counts = await countRows(comparison, context);
  // The verdict is about prompts; what tuning the main model does stands beside it.
  const ofPrompts = comparison.arms.filter(({ name }) => name !== TUNED);
  const leading = findLeadingArm(ofPrompts, { judges, topics: counts.testTopics });
  const smallest = leading
    ? detectableEffect(comparison.differences.get(leading.name) ?? [], { alpha: ALPHA })
    : null;
  const inputs = await describeInputs(context);
  const verdict = decideVerdict({
    arms: ofPrompts,
    counts,
    judges,
    detectableEffect: smallest,
    missingShare: missing.areTooMany ? missing.share : undefined,
    tooFewValidators: trust.tooFew ?? undefined,
    untrained:
      training === undefined
        ? 'there were too few pairs of better and worse wordings to learn from'
        : undefined,
    failed: failure?.tasks,
    end: endOfScale(comparison),
    deviation:
      registration &&
      findDeviation(registration, { arm: armOfVersion, margin: MARGIN, prompts: inputs.prompts }),
  });
  const roles = [
    settings.basePrompt,
    settings.promptVariation,
    settings.mainModel,
    ...settings.validatorModel.validators,
    settings.promptOptimization,
  ];
  const roleNames = [
    'base prompts',
    'variations',
    'main model',
    ...panel.validators.map((validator) => `validator ${validator}`),
    'prompt optimization',
  ];
  const spends = await measureArmSpend(arms, context);
  const spendOf = (arm: string): ArmSpend | null => spends.get(arm) ?? null;
  const people = failure === undefined ? await measurePeople(comparison, context) : undefined;
  const metrics: Metrics = {
    version: 2,
    verdict,
    run: run.runId,
    definition: run.definition,
    digest: run.digest,
    seed: run.seed,
    evaluatedAt: new Date().toISOString(),
    models: roles.map((role, index) => ({
      role: roleNames[index] ?? '',
      name: role.model.name,
      simulated: isSimulatedRole(role),
    })),
    settings: {
      'answers per prompt and arm': settings.mainModel.testSamples,
      'rewritings per prompt': settings.promptOptimization.rewrites,
      'temperature of the main model': settings.mainModel.sampling.temperature,
      'least margin of a pair': settings.promptOptimization.pairs.minMargin,
      'optimizer version': version === '' ? 'none' : version,
    },
    inputs,
    claim: registration === undefined ? null : describeClaim(registration, judged ?? null),
    counts,
    judges,
    refusals: await countRefusals(context),
    ...(failure && { failure }),
    baseline: { ...comparison.baseline, spend: spendOf('baseline') },
    arms: comparison.arms.map((arm) => ({ ...arm, spend: spendOf(arm.name) })),
    agreement: await measureAgreement(criterionNames, context),
    validators: await describeValidators(tallies, panel.referees, context),
    correlations: await correlateValidators(context),
    ...(await readLosses({ version, fineTuning }, context)),
    noise: await measureNoise(trusted, context),
    selection: await measureSelection(trusted, context),
    ...(people && { people }),
    leaks: { pairs: leakingPairs ?? null, ...(await countCopiedPrompts(context)) },
    nonInferiorityMargin: NON_INFERIORITY_MARGIN,
    training: training ?? null,
    fineTuning: {
      status: fineTuning.trained ? 'trained' : 'skipped',
      reason: fineTuning.reason,
      examples: fineTuning.examples,
    },
    spend: await sumSpend(context),
    detectableEffect: smallest,
    examples: pickExamples(rows, comparison, verdict.arm),
    warnings: [],
  };
  return { ...metrics, warnings: findWarnings(metrics, settings) };
}

function describeClaim(registration: Registration, judged: ClaimVerdict | null): ClaimMetrics {
  const { claim, place, arm, champion, margin, level, looks, look, prompts } = registration;
  const result =
    judged === null
      ? null
      : {
          isProven: judged.outcome === 'proven',
          reason: judged.reason,
          gain: estimateOf(judged.gain),
          p: judged.p,
          prompts: judged.prompts,
          topics: judged.topics,
        };
  return { claim, place, arm, champion, margin, level, looks, look, prompts, result };
}

async function readTraining(
  version: string,
  { store }: ActivityContext,
): Promise<NonNullable<Metrics['training']>> {
  const metrics = await readModelFile(store, 'prompt_optimization', version, 'metrics.json');
  const { trainPairs, heldOutPairs, heldOutAccuracy } = metrics as TrainingMetrics;
  const { trainer, rewriter, tested } = await openVersion(store, version);
  const { lessons, carriers = [] } = rewriter;
  return { trainer, trainPairs, heldOutPairs, heldOutAccuracy, lessons, triedLessons: tested, carriers };
}

async function countRows(
  comparison: ArmComparison,
  { store, run }: ActivityContext,
): Promise<Metrics['counts']> {
  const splits = await store.query(
    'select split, count(*)::integer as n from base_prompts where run = $run group by split',
    { run: run.runId },
  );
  const ofSplit = (split: string): number => Number(splits.find((row) => row['split'] === split)?.['n'] ?? 0);
  const missing = `${criteriaSum()} is null`;
  const [totals] = await store.query(
    `select
      (select count(distinct topic)::integer from base_prompts where run = $run) as topics,
      (select count(*)::integer from prompt_variations where run = $run and prompt_variation_idx >= 0) as variations,
      (select count(*)::integer from prompt_variations where run = $run and prompt_variation is null) as missing_variations,
      (select count(*)::integer from (from model_outputs where run = $run union all by name from test_outputs where run = $run)) as answers,
      (select count(*)::integer from (from validator_scores where run = $run union all by name from test_scores where run = $run)) as scores,
      (select count(*)::integer from (from validator_scores where run = $run union all by name from test_scores where run = $run)
        where ${missing}) as missing`,
    { run: run.runId },
  );
  return {
    basePrompts: {
      train: ofSplit('train'),
      select: ofSplit('select'),
      gate: ofSplit('gate'),
      test: ofSplit('test'),
    },
    topics: Number(totals?.['topics']),
    variations: Number(totals?.['variations']),
    missingVariations: Number(totals?.['missing_variations']),
    answers: Number(totals?.['answers']),
    scores: Number(totals?.['scores']),
    missingScores: Number(totals?.['missing']),
    testPrompts: comparison.basePrompts.length,
    testTopics: comparison.topicCount,
  };
}

async function sumSpend({ store, run }: ActivityContext): Promise<StageSpend[]> {
  const order = [
    'base_prompts',
    'prompt_variations',
    'model_outputs',
    'validator_scores',
    'sentinels',
    'lesson_prompts',
    'lesson_outputs',
    'lesson_scores',
    'test_rewrites',
    'test_choices',
    'test_outputs',
    'test_scores',
  ];
  const rows = await store.query('from spend where run = $run', { run: run.runId });
  return rows
    .map((row) => ({
      stage: String(row['stage']),
      calls: Number(row['calls']),
      promptTokens: Number(row['prompt_tokens']),
      completionTokens: Number(row['completion_tokens']),
      thinkingTokens: Number(row['thinking_tokens']),
      seconds: Number(row['seconds']),
    }))
    .toSorted((one, other) => order.indexOf(one.stage) - order.indexOf(other.stage));
}

/** The prompts with the largest, the middle and the smallest gain of the verdict's arm. */
function pickExamples(
  rows: readonly Row[],
  { basePrompts, baseline, arms: compared }: ArmComparison,
  armName: string | null,
): ExampleMetrics[] {
  const arm = compared.find(({ name }) => name === armName);
  if (!arm) return [];
  const byGain = basePrompts
    .map((prompt, index) => ({ prompt, base: baseline.scores[index] ?? 0, own: arm.scores[index] ?? 0 }))
    .toSorted((one, other) => other.own - other.base - (one.own - one.base));
  const places: [ExampleMetrics['kind'], number][] = [
    ['best', 0],
    ['median', Math.floor(byGain.length / 2)],
    ['worst', byGain.length - 1],
  ];
  return places
    .filter(([, place], index) => places.findIndex(([, other]) => other === place) === index)
    .flatMap(([kind, place]) => {
      const picked = byGain[place];
      if (!picked) return [];
      const first = (name: string): Row | undefined =>
        rows.find((row) => row['base_prompt_idx'] === picked.prompt && row['arm'] === name);
      const text = (name: string, column: string): string => String(first(name)?.[column] ?? '');
      return {
        kind,
        topic: text('baseline', 'topic'),
        basePrompt: text('baseline', 'base_prompt'),
        optimizedPrompt: text(arm.name, 'prompt'),
        baselineAnswer: text('baseline', 'model_output'),
        optimizedAnswer: text(arm.name, 'model_output'),
        baselineScore: picked.base,
        optimizedScore: picked.own,
      };
    });
}
