import type { ActivityContext } from './activity.ts';
import type { ValidatorConfig } from '../configs/types.ts';
import type { Cell, Row, TableName } from './store/tables.ts';
import type { CallRecord, ItemOutcome } from './inference/run-shard.ts';
import type { ChatAnswer } from './inference/model-client.ts';
import { parseRubric } from '../configs/rubric.ts';
import { callRecord, failedCallRecord } from './inference/run-shard.ts';
import { ModelError } from './inference/model-error.ts';
import { parseJsonAnswer } from './inference/parse-json-answer.ts';
import { buildMessages } from './inference/render.ts';
import { expectedScores, parseScores } from './inference/score-tokens.ts';
import { deriveSeed } from './inference/seed.ts';
import { digest } from './store/digest.ts';
import { criteria } from './criteria.ts';

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

/** An answer to be scored. */
export interface ScoredAnswer {
  readonly key: string;
  readonly row: Row;
  readonly basePrompt: string;
}

/**
 * One validator's scores of one answer: the expected score of each criterion where log-probabilities come, else the
 * integer. An answer that cannot be read is asked for once more; what is still missing is null, with the reason.
 */
export async function scoreAnswer(
  item: ScoredAnswer,
  table: TableName,
  config: ValidatorConfig,
  context: ActivityContext,
): Promise<ItemOutcome> {
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
      if (!(failure instanceof ModelError) || failure.fault !== 'call') throw failure;
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
