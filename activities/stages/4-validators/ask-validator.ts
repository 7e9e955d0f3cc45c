import type { ActivityContext } from '../../activity.ts';
import type { ValidatorConfig } from '../../../configs/settings/types.ts';
import type { CallRecord } from '../../inference/run-shard.ts';
import type { Fields } from '../../../definitions/documents/fields.ts';
import type { ChatAnswer } from '../../inference/model-client.ts';
import { GREATEST_SCORE, LEAST_SCORE, type Criterion } from '../../../configs/settings/criteria.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import { criteriaOf, parseRubric, rubricOfOne } from '../../../configs/checks/rubric.ts';
import { disarm, fenceFor } from '../../inference/texts/fence.ts';
import { callRecord, failedCallRecord } from '../../inference/run-shard.ts';
import { isWellFormed } from '../../../definitions/documents/well-formed-text.ts';
import { isOfRow } from '../../inference/model-error.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { countScores, findVerdict, scoresOf, type Scores } from '../../inference/texts/verdict.ts';
import { expectedScores } from '../../inference/texts/score-tokens.ts';
import { deriveSeed } from '../../randomness/seed.ts';

/** Alternatives asked for at each token: enough to hold the five levels and their variants. */
const topLogprobs = 20;

export interface ScoreRequest {
  readonly basePrompt: string;
  readonly answer: string;
  /** Score this criterion alone; all of the rubric if absent. */
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
  /** What the validator thought before it answered. */
  readonly thinking: string | null;
  readonly scoredBy: 'logprobs' | 'integer' | null;
  readonly error: string | null;
  /** What the server said, where it is at fault. */
  readonly errorMessage: string | null;
  readonly calls: readonly CallRecord[];
}

/** What there is of an answer that was not scored. */
export const NOTHING = {
  scores: {},
  reason: null,
  rawAnswer: null,
  thinking: null,
  scoredBy: null,
  errorMessage: null,
} as const satisfies Partial<ScoreSheet>;

/**
 * One validator's scores of one answer: the expected score of each criterion where log-probabilities come, else the
 * integer. An answer that cannot be read is asked for once more; of two broken ones the more complete counts.
 */
export async function askValidator(
  request: ScoreRequest,
  config: ValidatorConfig,
  context: Pick<ActivityContext, 'models' | 'settings' | 'signal'>,
): Promise<ScoreSheet> {
  const role = `validator_${config.validator}` as const;
  const keys =
    request.criterion === undefined ? criteriaOf(context.settings.texts.rubric) : [request.criterion];
  const calls: CallRecord[] = [];
  let best: Omit<ScoreSheet, 'error' | 'errorMessage' | 'calls'> = NOTHING;
  let error = 'UNPARSABLE';
  let errorMessage: string | null = null;
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
      if (!isOfRow(failure)) throw failure;
      calls.push(failedCallRecord(role, callKey, config, failure));
      error = failure.code;
      errorMessage = failure.message;
      if (failure.fault === 'call') break;
      continue;
    }
    const { text, thinking, logprobs } = answer;
    const verdict = findVerdict(text, keys, [request.answer, request.basePrompt]);
    const written = scoresOf(verdict, keys);
    if (verdict !== undefined && countScores(written) === keys.length) {
      calls.push(callRecord(role, callKey, answer));
      const expected = logprobs === null ? {} : expectedScores(verdict, logprobs, keys);
      return {
        scores: Object.fromEntries(keys.map((key) => [key, expected[key] ?? written[key] ?? null])),
        reason: reasonOf(verdict.value),
        rawAnswer: text,
        thinking,
        scoredBy: keys.every((key) => expected[key] != null) ? 'logprobs' : 'integer',
        error: null,
        errorMessage: null,
        calls,
      };
    }
    if (best.rawAnswer === null || countScores(written) > countScores(best.scores))
      best = { scores: written, reason: null, rawAnswer: text, thinking, scoredBy: 'integer' };
    error = 'UNPARSABLE';
    errorMessage = null;
    calls.push(callRecord(role, callKey, answer, error));
  }
  return { ...best, error, errorMessage, calls };
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
  const score = { type: 'integer', minimum: LEAST_SCORE, maximum: GREATEST_SCORE };
  return objectSchema({
    ...Object.fromEntries(keys.map((key) => [key, score])),
    reason: { type: 'string', maxLength: 400 },
  });
}

function reasonOf({ reason }: Fields): string | null {
  return typeof reason === 'string' && isWellFormed(reason) ? reason : null;
}
