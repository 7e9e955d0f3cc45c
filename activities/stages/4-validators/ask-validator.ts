import type { ActivityContext } from '../../activity.ts';
import type { ValidatorConfig } from '../../../configs/settings/types.ts';
import type { CallRecord } from '../../inference/run-shard.ts';
import type { ChatAnswer } from '../../inference/model-client.ts';
import type { Criterion } from '../../scoring/criteria.ts';
import { parseRubric, rubricOfOne } from '../../../configs/checks/rubric.ts';
import { disarm, fenceFor } from '../../inference/texts/fence.ts';
import { callRecord, failedCallRecord } from '../../inference/run-shard.ts';
import { ModelError } from '../../inference/model-error.ts';
import { parseJsonAnswer } from '../../inference/texts/parse-json-answer.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { expectedScores, parseScores, type Scores } from '../../inference/texts/score-tokens.ts';
import { deriveSeed } from '../../inference/seed.ts';
import { criteria } from '../../scoring/criteria.ts';

/** Alternatives asked for at each token: enough to hold all five scores and their variants. */
const topLogprobs = 20;

export interface ScoreRequest {
  readonly basePrompt: string;
  readonly answer: string;
  /** Score this criterion alone; all five if absent. */
  readonly criterion?: Criterion;
  readonly seed: number;
  /** Names the call in the ledger. */
  readonly key: string;
}

/** What a validator made of one answer. */
export interface ScoreSheet {
  /** 1 to 5 by criterion; null where it could not be had, and `error` says why. */
  readonly scores: Scores;
  readonly reason: string | null;
  readonly rawAnswer: string | null;
  readonly scoredBy: 'logprobs' | 'integer' | null;
  readonly error: string | null;
  readonly calls: readonly CallRecord[];
}

/**
 * One validator's scores of one answer: the expected score of each criterion where log-probabilities come, else the
 * integer. An answer that cannot be read is asked for once more; of two broken ones the more complete counts.
 */
export async function askValidator(
  request: ScoreRequest,
  config: ValidatorConfig,
  context: Pick<ActivityContext, 'models' | 'settings' | 'signal'>,
): Promise<ScoreSheet> {
  const role = `validator_${config.validator}` as 'validator_1' | 'validator_2' | 'validator_3';
  const keys = request.criterion === undefined ? criteria : [request.criterion];
  const calls: CallRecord[] = [];
  let best: { readonly scores: Scores; readonly text: string | null } = { scores: {}, text: null };
  let error = 'UNPARSABLE';
  for (const [attempt, seed] of [request.seed, deriveSeed(request.seed, 'again')].entries()) {
    const callKey = `v${config.validator}:${request.key}${attempt === 0 ? '' : ':again'}`;
    let answer: ChatAnswer;
    try {
      answer = await context.models.chat({
        role,
        config,
        messages: validatorMessages(request, seed, keys, context),
        seed,
        schema: { name: 'scores', schema: scoreSchema(keys) },
        ...(context.settings.validatorModel.scores === 'expected' ? { topLogprobs } : {}),
        signal: context.signal,
      });
    } catch (failure) {
      if (!(failure instanceof ModelError) || failure.fault !== 'call') throw failure;
      calls.push(failedCallRecord(role, callKey, config, failure));
      error = failure.code;
      break;
    }
    calls.push(callRecord(role, callKey, answer));
    const written = parseScores(answer.text, keys);
    if (countScores(written) === keys.length) {
      const expected = answer.logprobs ? expectedScores(answer.text, answer.logprobs, keys) : {};
      return {
        scores: Object.fromEntries(keys.map((key) => [key, expected[key] ?? written[key] ?? null])),
        reason: reasonOf(answer.text),
        rawAnswer: answer.text,
        scoredBy: keys.every((key) => expected[key] != null) ? 'logprobs' : 'integer',
        error: null,
        calls,
      };
    }
    if (best.text === null || countScores(written) > countScores(best.scores))
      best = { scores: written, text: answer.text };
    error = answer.finishReason === 'length' ? 'CUT_OFF' : 'UNPARSABLE';
  }
  const scoredBy = best.text === null ? null : 'integer';
  return { scores: best.scores, reason: null, rawAnswer: best.text, scoredBy, error, calls };
}

function validatorMessages(
  { basePrompt, answer, criterion }: ScoreRequest,
  seed: number,
  keys: readonly Criterion[],
  { settings }: Pick<ActivityContext, 'settings'>,
): ReturnType<typeof buildMessages> {
  const { texts } = settings;
  return buildMessages(texts.val_model_input, ['system', 'user'], {
    rubric: criterion === undefined ? parseRubric(texts.rubric).text : rubricOfOne(texts.rubric, criterion),
    base_prompt: disarm(basePrompt),
    model_output: disarm(answer),
    fence: fenceFor(seed, [basePrompt, answer]),
    answer_form: `{${keys.map((key) => `"${key}": n`).join(', ')}, "reason": "…"}`,
  });
}

function scoreSchema(keys: readonly Criterion[]): { readonly [keyword: string]: unknown } {
  return {
    type: 'object',
    additionalProperties: false,
    required: [...keys, 'reason'],
    properties: {
      ...Object.fromEntries(keys.map((key) => [key, { type: 'integer', minimum: 1, maximum: 5 }])),
      reason: { type: 'string', maxLength: 400 },
    },
  };
}

function countScores(scores: Scores): number {
  return Object.values(scores).filter((score) => score !== null).length;
}

function reasonOf(text: string): string | null {
  const reason = parseJsonAnswer(text)?.['reason'];
  return typeof reason === 'string' ? reason : null;
}
