import type { CheckConfig, CheckUse } from '../../../configs/settings/checks.ts';
import { checkModel } from '../../../configs/settings/checks.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import { scored, type CheckResult } from '../../checks/check.ts';
import { prepareCheck } from '../../checks/run-check.ts';
import { kindOf } from '../../inference/retry-rules.ts';
import { runShard, type ItemOutcome } from '../../inference/run-shard.ts';
import { shardSchema } from '../../schemas.ts';
import { digest } from '../../store/digest.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { allCriteria, gatedRow, onScale, readGates, type Judge } from './gates.ts';
import { readAnswers } from './read-answers.ts';
import { isAnswer, scoreTableOf, type ScoredAnswer, type ScoreTable } from './scored-answer.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface ChecksInput {
  /** A shard of model_outputs (checked into validator_scores) or test_outputs (into test_scores). */
  readonly shard: ShardReference;
}

/** Some answers for one check. */
interface Batch {
  readonly check: CheckConfig;
  /** Of the check, among the judges. */
  readonly validator: number;
  readonly place: number;
  readonly answers: readonly ScoredAnswer[];
}

/** Batches of a shard that are checked at once. */
const CONCURRENCY = 2;

/**
 * Stage 4, before the validators: every check of the config says what it makes of every answer of a shard. First the gates; of
 * what does not pass them nothing more is asked. Referees are run in the test alone.
 */
export const runChecks: Activity<ChecksInput, ShardReference> = {
  name: 'runChecks',
  description:
    'Runs the checks of the config, which are programs, on every answer of a shard: the gates first.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'what the programs and servers of checks do has no digest',
  input: objectSchema({ shard: shardSchema }),
  output: shardSchema,
  async run({ shard }, context) {
    const table = scoreTableOf(shard, 'runChecks');
    const answers = await readAnswers(shard, context);
    await check(['gate'], answers, new Map(), shard, table, context);
    const gated = await readGates(answers, table, context);
    const uses: readonly CheckUse[] = table === 'test_scores' ? ['criterion', 'referee'] : ['criterion'];
    return check(uses, answers, gated, shard, table, context);
  },
};

/** Runs the checks of these uses. The shard of their rows. */
async function check(
  uses: readonly CheckUse[],
  answers: readonly ScoredAnswer[],
  gated: ReadonlyMap<string, string | null>,
  shard: ShardReference,
  table: ScoreTable,
  context: ActivityContext,
): Promise<ShardReference> {
  const { validators, checks = [] } = context.settings.validatorModel;
  const [open, closed] = divide(answers, gated);
  const batches = checks.flatMap((one, index): Batch[] => {
    if (!uses.includes(one.use)) return [];
    const validator = validators.length + index + 1;
    const { batchSize } = prepareCheck(one);
    const parts = [closed, ...slices(open, batchSize)].filter((part) => part.length > 0);
    return parts.map((part, place) => ({ check: one, validator, place, answers: part }));
  });
  const name = digest({ shard: shard.shard, settings: context.run.settingsDigest, uses }).slice(0, 16);
  return runShard({
    context,
    stage: table,
    name: { table, run: context.run.runId, shard: `${uses.join('-')}-${name}` },
    split: shard.split,
    unit: 'checks',
    items: batches,
    concurrency: CONCURRENCY,
    keyOf: (batch) => `${batch.check.name}:${batch.place}`,
    call: (batch) => runBatch(batch, gated, context),
  });
}

async function runBatch(
  { check: config, validator, answers }: Batch,
  gated: ReadonlyMap<string, string | null>,
  context: ActivityContext,
): Promise<ItemOutcome<ScoreTable>> {
  const judge = { validator, model: checkModel(config), settings: context.settings };
  const [open] = divide(answers, gated);
  const asked = open.map(({ key, row, basePrompt, sent, fields }) => ({
    key,
    prompt: basePrompt,
    sent,
    output: String(row.model_output),
    fields,
  }));
  const results = asked.length === 0 ? [] : await prepareCheck(config).run(asked, context);
  const byKey = new Map(open.map(({ key }, index) => [key, results[index]]));
  const rows = answers.map((answer) => {
    const result = byKey.get(answer.key);
    if (result !== undefined) return checkedRow(answer, result, judge, config.use);
    if (isAnswer(answer.row)) return gatedRow(answer, gated.get(answer.key) ?? null, judge);
    return checkedRow(answer, withoutAnswer(answer), judge, config.use);
  });
  return { rows, calls: [] };
}

/**
 * A model that was asked and came to no whole answer has failed the task: were that a missing score, wordings that make it ramble
 * would be compared on the requests alone where it does not. Where nothing was asked, or the call failed, nothing is known.
 */
function withoutAnswer({ row: { error } }: ScoredAnswer): CheckResult {
  if (typeof error === 'string' && kindOf(error)?.fault === 'answer')
    return scored(0, `no whole answer: ${error}`);
  return { score: null, reason: null, error: 'NO_ANSWER', errorMessage: null };
}

function checkedRow(
  { row: { base_prompt_idx, prompt_variation_idx, sample_idx } }: ScoredAnswer,
  { score, reason, error, errorMessage }: CheckResult,
  { validator, model, settings }: Judge,
  use: CheckUse,
): RowOf<'validator_scores'> {
  return {
    base_prompt_idx,
    prompt_variation_idx,
    sample_idx,
    validator,
    ...allCriteria(score === null ? null : onScale(score), settings),
    reason,
    raw_answer: null,
    thinking: null,
    scored_by: score === null ? null : use === 'gate' ? 'gate' : 'program',
    error,
    error_message: errorMessage,
    model,
    seed: 0,
  };
}

/** The answers that a check looks at, and the others. */
function divide(
  answers: readonly ScoredAnswer[],
  gated: ReadonlyMap<string, string | null>,
): readonly [open: readonly ScoredAnswer[], closed: readonly ScoredAnswer[]] {
  const isOpen = ({ row, key }: ScoredAnswer): boolean => isAnswer(row) && !gated.has(key);
  return [answers.filter(isOpen), answers.filter((answer) => !isOpen(answer))];
}

function slices<Item>(items: readonly Item[], size: number): Item[][] {
  if (items.length <= size) return [[...items]];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, place) =>
    items.slice(place * size, (place + 1) * size),
  );
}
