import type { Activity, ActivityContext } from './activity.ts';
import type { ValidatorConfig } from '../configs/types.ts';
import type { Cell, Row, ShardReference, TableName } from './store/tables.ts';
import type { CallRecord } from './inference/run-shard.ts';
import type { ChatAnswer } from './inference/model-client.ts';
import { callRecord, failedCallRecord, runShard } from './inference/run-shard.ts';
import { ModelError } from './inference/model-error.ts';
import { parseJsonAnswer } from './inference/parse-json-answer.ts';
import { buildMessages } from './inference/render.ts';
import { expectedScores, parseScores } from './inference/score-tokens.ts';
import { deriveSeed } from './inference/seed.ts';
import { digest } from './store/digest.ts';
import { ActivityError } from './errors.ts';
import { parseRubric } from '../configs/rubric.ts';
import { criteria } from './criteria.ts';
import { shardSchema } from './schemas.ts';

export interface ValidatorInput {
  /** A shard of model_outputs (scored into validator_scores) or test_outputs (into test_scores). */
  readonly shard: ShardReference;
  /** 1, 2 or 3. */
  readonly validator: number;
}

const scoresOf: { readonly [table: string]: TableName } = {
  model_outputs: 'validator_scores',
  test_outputs: 'test_scores',
};

/** Alternatives asked for at each token: enough to hold all five scores and their variants. */
const topLogprobs = 20;

const scoreSchema = {
  type: 'object',
  additionalProperties: false,
  required: [...criteria, 'reason'],
  properties: {
    ...Object.fromEntries(criteria.map((key) => [key, { type: 'integer', minimum: 1, maximum: 5 }])),
    reason: { type: 'string', maxLength: 400 },
  },
};

interface Item {
  readonly key: string;
  readonly row: Row;
  readonly basePrompt: string;
}

/** Stage 4: one validator scores every answer of a shard by the five criteria of the rubric. */
export const runValidator: Activity<ValidatorInput, ShardReference> = {
  name: 'runValidator',
  description: 'Lets one validator score every answer of a shard by the five criteria of the rubric.',
  taskQueue: 'gpu-validator',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['shard', 'validator'],
    properties: { shard: shardSchema, validator: { type: 'integer', minimum: 1, maximum: 3 } },
  },
  output: shardSchema,
  async run({ shard, validator }, context) {
    const table = scoresOf[shard.table];
    if (!table) {
      throw new ActivityError(
        'WRONG_TABLE',
        `runValidator scores shards of model_outputs or test_outputs, not of '${shard.table}'.`,
      );
    }
    const config = context.settings.validatorModel.validators[validator - 1];
    if (!config)
      throw new ActivityError(
        'UNKNOWN_VALIDATOR',
        `There is no validator ${validator}; they are numbered 1, 2 and 3.`,
      );
    const reference = await runShard({
      context,
      stage: table,
      name: {
        table,
        run: context.run.runId,
        shard: `scores-v${validator}-${digest({ shard: shard.shard, settings: context.run.settingsDigest }).slice(0, 16)}`,
      },
      split: shard.split,
      unit: 'scores',
      items: await readItems(shard, context),
      concurrency: config.request.concurrency,
      keyOf: (item) => item.key,
      call: (item) => score(item, table, config, context),
    });
    await assertFewMissing(reference, validator, context);
    return reference;
  },
};

async function readItems(shard: ShardReference, context: ActivityContext): Promise<Item[]> {
  const outputs = await context.store.readShard(shard);
  const indexes = [...new Set(outputs.map((row) => row['base_prompt_idx'] ?? null))];
  const basePrompts = await context.store.query(
    'select base_prompt_idx, base_prompt from base_prompts where run = $run and list_contains($indexes, base_prompt_idx)',
    { run: context.run.runId, indexes },
  );
  const textOf = new Map(basePrompts.map((row) => [row['base_prompt_idx'], String(row['base_prompt'])]));
  return outputs.map((row) => ({
    key: `${String(row['base_prompt_idx'])}:${String(row['prompt_variation_idx'])}:${String(row['sample_idx'])}`,
    row,
    basePrompt: textOf.get(row['base_prompt_idx'] ?? null) ?? '',
  }));
}

async function score(
  item: Item,
  table: TableName,
  config: ValidatorConfig,
  context: ActivityContext,
): Promise<{ rows: Row[]; calls: CallRecord[] }> {
  const role = `validator_${config.validator}` as 'validator_1' | 'validator_2' | 'validator_3';
  const seed = deriveSeed(context.run.seed, table, config.validator, item.key);
  const row = (
    scores: { readonly [criterion: string]: number | null },
    rest: { readonly [column: string]: Cell },
  ): Row => ({
    base_prompt_idx: item.row['base_prompt_idx'] ?? null,
    prompt_variation_idx: item.row['prompt_variation_idx'] ?? null,
    sample_idx: item.row['sample_idx'] ?? null,
    validator: config.validator,
    ...Object.fromEntries(criteria.map((key) => [key, scores[key] ?? null])),
    reason: null,
    raw_answer: null,
    scored_by: null,
    error: null,
    model: config.model.name,
    seed,
    ...rest,
  });
  const output = item.row['model_output'];
  if (typeof output !== 'string' || output.trim() === '')
    return { rows: [row({}, { error: 'NO_ANSWER' })], calls: [] };

  const calls: CallRecord[] = [];
  let last: ChatAnswer | undefined;
  for (const [attempt, attemptSeed] of [seed, deriveSeed(seed, 'again')].entries()) {
    const callKey = `v${config.validator}:${item.key}${attempt === 0 ? '' : ':again'}`;
    try {
      last = await context.models.chat({
        role,
        config,
        messages: buildMessages(context.settings.texts.val_model_input, ['system', 'user'], {
          rubric: parseRubric(context.settings.texts.rubric).text,
          base_prompt: item.basePrompt,
          model_output: output,
          // Unknown to whoever wrote the answer, so that the answer cannot close its own fence.
          fence: digest({ seed: attemptSeed, output }).slice(0, 12),
        }),
        seed: attemptSeed,
        schema: { name: 'scores', schema: scoreSchema },
        ...(context.settings.validatorModel.scores === 'expected' ? { topLogprobs } : {}),
        signal: context.signal,
      });
    } catch (failure) {
      if (!(failure instanceof ModelError) || failure.retryable) throw failure;
      return {
        rows: [row({}, { error: failure.code })],
        calls: [...calls, failedCallRecord(role, callKey, config, failure)],
      };
    }
    calls.push(callRecord(role, callKey, last));
    const written = parseScores(last.text, criteria);
    if (Object.values(written).every((value) => value !== null)) {
      const expected = last.logprobs ? expectedScores(last.text, last.logprobs, criteria) : {};
      const scores = Object.fromEntries(criteria.map((key) => [key, expected[key] ?? written[key] ?? null]));
      const scoredBy = criteria.every((key) => expected[key] != null) ? 'logprobs' : 'integer';
      return {
        rows: [row(scores, { reason: reasonOf(last.text), raw_answer: last.text, scored_by: scoredBy })],
        calls,
      };
    }
  }
  const partial = parseScores(last?.text ?? '', criteria);
  const error = last?.finishReason === 'length' ? 'CUT_OFF' : 'UNPARSABLE';
  return { rows: [row(partial, { raw_answer: last?.text ?? null, scored_by: 'integer', error })], calls };
}

function reasonOf(text: string): string | null {
  const reason = parseJsonAnswer(text)?.['reason'];
  return typeof reason === 'string' ? reason : null;
}

async function assertFewMissing(
  reference: ShardReference,
  validator: number,
  context: ActivityContext,
): Promise<void> {
  const { maxMissing } = context.settings.validatorModel;
  const rows = await context.store.readShard(reference);
  const answered = rows.filter((row) => row['error'] !== 'NO_ANSWER');
  const missing = answered.filter((row) => criteria.some((key) => row[key] == null)).length;
  if (answered.length > 0 && missing / answered.length > maxMissing) {
    throw new ActivityError(
      'TOO_MANY_MISSING_SCORES',
      `Validator ${validator} left ${missing} of ${answered.length} answers of shard ${reference.shard} without all five scores; ` +
        `maxMissing in configs/validator_model_config.yaml allows ${maxMissing}. The raw answers are in the table ${reference.table}.`,
    );
  }
}
