/** One row of `generate`: asks a model, and once more with another seed where the answer cannot be used. */
import type { Role, RoleConfig } from '../../../configs/settings/types.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import type { ActivityContext } from '../../activity.ts';
import { isOfRow } from '../../inference/model-error.ts';
import type { ChatAnswer } from '../../inference/model-client.ts';
import { findJsonAnswer, parseJsonAnswer } from '../../inference/texts/parse-json-answer.ts';
import { buildMessages } from '../../inference/texts/render.ts';
import { callRecord, failedCallRecord, type CallRecord } from '../../inference/run-shard.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import type { Cell, Row } from '../../store/tables.ts';
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
    const nothing = { answer: null, value: null, thinking: null, error: null, error_message: null };
    return { rows: [{ ...nothing, ...identity, ...row }], calls };
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
      const read = readAnswer(answer, form);
      calls.push(callRecord(role, key, answer, read.error));
      last = { ...read, seed };
      if (read.error === null) break;
    } catch (failure) {
      if (!isOfRow(failure)) throw failure;
      calls.push(failedCallRecord(role, key, config, failure));
      last = {
        thinking: failure.answer?.thinking ?? null,
        error: failure.code,
        error_message: failure.message,
        seed,
      };
      // A text that is cut off is so with any other seed, too, as a rule; JSON may have run away.
      if (failure.fault === 'call' || form === undefined) break;
    }
  }
  return finish(last);
}

function readAnswer(
  { text, thinking }: ChatAnswer,
  form: AnswerForm | undefined,
): Row & { readonly error: string | null } {
  const read = { answer: text, value: null, thinking };
  if (form === undefined) return { ...read, error: null };
  try {
    const found = findJsonAnswer(text, (object) => form.check(object));
    if (found !== undefined) return { ...read, ...answerCells(form.columns, found.value, found.json) };
    return { ...read, error: parseJsonAnswer(text) === undefined ? 'UNPARSABLE' : 'WRONG_FORM' };
  } catch (error) {
    // What nests thousands deep takes the stack of whatever walks it.
    if (error instanceof RangeError) return { ...read, error: 'WRONG_FORM' };
    throw error;
  }
}
