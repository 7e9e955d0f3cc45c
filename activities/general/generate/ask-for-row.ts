/** One row of `generate`: asks a model, and once more with another seed where the answer cannot be used. */
import type { Role, RoleConfig } from '../../../configs/settings/types.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import type { ActivityContext } from '../../activity.ts';
import { ModelError } from '../../inference/model-error.ts';
import type { ChatAnswer } from '../../inference/model-client.ts';
import { parseJsonAnswer } from '../../inference/texts/parse-json-answer.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { callRecord, failedCallRecord, type CallRecord } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../inference/seed.ts';
import type { Cell, Row } from '../../store/tables.ts';
import { isWellFormed } from '../../imports/well-formed.ts';
import { answerCells } from './answer-cells.ts';
import type { AnswerForm } from './answer-columns.ts';

export interface RowRequest {
  readonly role: Role;
  readonly config: RoleConfig;
  readonly text: string;
  readonly sections: readonly string[];
  /** Values of the text's placeholders. */
  readonly values: { readonly [placeholder: string]: Cell };
  /** Absent = any text is an answer. */
  readonly answer?: AnswerForm & { readonly schema: JsonSchema };
  readonly rowKey: string;
  readonly sampleIdx: number;
  readonly seed: number;
}

/** The row of the table `generated`, and the calls it took. A row that cannot be had says why in `error`. */
export async function askForRow(
  context: Pick<ActivityContext, 'models' | 'signal'>,
  request: RowRequest,
): Promise<{ readonly rows: readonly Row[]; readonly calls: readonly CallRecord[] }> {
  const { role, config, rowKey, sampleIdx, answer: form } = request;
  const calls: CallRecord[] = [];
  const finish = (row: Row): { rows: Row[]; calls: CallRecord[] } => {
    const identity = { row_key: rowKey, sample_idx: sampleIdx, model: config.model.name };
    return { rows: [{ answer: null, value: null, error: null, ...identity, ...row }], calls };
  };
  const values: { [placeholder: string]: string } = {};
  for (const [name, cell] of Object.entries(request.values)) {
    if (cell === null) return finish({ error: 'MISSING_VALUE', seed: request.seed });
    values[name] = String(cell);
  }
  const messages = buildMessages(request.text, request.sections, values);
  let last: Row = {};
  for (const [attempt, seed] of [request.seed, deriveSeed(request.seed, 'again')].entries()) {
    const key = `${rowKey}:${sampleIdx}${attempt === 0 ? '' : ':again'}`;
    try {
      const answer = await context.models.chat({
        role,
        config,
        messages,
        seed,
        ...(form === undefined ? {} : { schema: { name: 'answer', schema: form.schema } }),
        signal: context.signal,
      });
      calls.push(callRecord(role, key, answer));
      last = { ...readAnswer(answer, form), seed };
      if (last['error'] === null) break;
    } catch (failure) {
      if (!(failure instanceof ModelError) || failure.fault !== 'call') throw failure;
      calls.push(failedCallRecord(role, key, config, failure));
      return finish({ error: failure.code, seed });
    }
  }
  return finish(last);
}

function readAnswer({ text, finishReason }: ChatAnswer, form: AnswerForm | undefined): Row {
  const isCutOff = finishReason === 'length';
  const refuse = (error: string): Row => ({ answer: text, value: null, error });
  if (form === undefined) {
    if (text.trim() === '') return refuse('EMPTY');
    if (isCutOff) return refuse('CUT_OFF');
    return isWellFormed(text) ? { answer: text, value: null, error: null } : refuse('BROKEN_UNICODE');
  }
  const value = parseJsonAnswer(text);
  if (value === undefined) return refuse(isCutOff ? 'CUT_OFF' : 'UNPARSABLE');
  try {
    if (!form.check(value)) return refuse('WRONG_FORM');
    return { answer: text, ...answerCells(form.columns, value, text) };
  } catch (error) {
    // What nests thousands deep takes the stack of whatever walks it.
    if (error instanceof RangeError) return refuse('WRONG_FORM');
    throw error;
  }
}
