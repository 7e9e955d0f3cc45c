import type { ActivityContext } from '../activity.ts';
import type { Role, RoleConfig } from '../../configs/settings/types.ts';
import type { JsonSchema } from '../../definitions/model/types.ts';
import type { CallRecord } from '../inference/run-shard.ts';
import type { Fields } from '../../definitions/documents/fields.ts';
import { callRecord, failedCallRecord } from '../inference/run-shard.ts';
import { isWellFormedJson } from '../../definitions/documents/well-formed-text.ts';
import { isOfRow } from '../inference/model-error.ts';
import { parseJsonAnswer } from '../inference/texts/parse-json-answer.ts';
import { buildMessages } from '../inference/texts/render.ts';
import { deriveSeed } from '../randomness/seed.ts';

export interface JsonRequest<Value> {
  readonly role: Role;
  readonly config: RoleConfig;
  /** A text of `model_input/` with the sections `system` and `section`. */
  readonly text: string;
  readonly section: string;
  readonly values: { readonly [placeholder: string]: string };
  /** What the answer must look like, for servers that can hold a model to it. */
  readonly schema: { readonly name: string; readonly schema: JsonSchema };
  /** What is wanted of the answer; undefined if it cannot be used. */
  readonly read: (answer: Fields) => Value | undefined;
  /** Why an answer of the right form is not used all the same, as a code for `error`; undefined if it is. */
  readonly refuse?: (value: Value) => string | undefined;
  readonly seed: number;
  /** Names the call in the ledger. */
  readonly key: string;
}

export interface JsonAnswer<Value> {
  /** Null when two answers in a row could not be used; `error` says why. */
  readonly value: Value | null;
  readonly error: string | null;
  /** What the server said, where it is at fault. */
  readonly errorMessage: string | null;
  readonly calls: readonly CallRecord[];
}

/** Asks a model for a JSON object; an unusable answer is asked for once more with another seed. */
export async function askForJson<Value>(
  context: Pick<ActivityContext, 'models' | 'signal'>,
  request: JsonRequest<Value>,
): Promise<JsonAnswer<Value>> {
  const { role, config } = request;
  const calls: CallRecord[] = [];
  let error = '';
  let errorMessage: string | null = null;
  for (const [attempt, seed] of [request.seed, deriveSeed(request.seed, 'again')].entries()) {
    const key = attempt === 0 ? request.key : `${request.key}:again`;
    try {
      const answer = await context.models.chat({
        role,
        config,
        messages: buildMessages(request.text, ['system', request.section], request.values),
        seed,
        schema: request.schema,
        signal: context.signal,
      });
      const found = parseJsonAnswer(answer.text, (object) => request.read(object) !== undefined);
      const value = found === undefined ? undefined : request.read(found);
      // JSON can say by an escape what no file keeps.
      const isBroken = value !== undefined && !isWellFormedJson(found);
      const refusal = isBroken ? 'BROKEN_UNICODE' : value === undefined ? undefined : request.refuse?.(value);
      if (value !== undefined && refusal === undefined) {
        calls.push(callRecord(role, key, answer));
        return { value, error: null, errorMessage: null, calls };
      }
      error = refusal ?? 'UNPARSABLE';
      calls.push(callRecord(role, key, answer, error));
      errorMessage = null;
    } catch (failure) {
      if (!isOfRow(failure)) throw failure;
      calls.push(failedCallRecord(role, key, config, failure));
      error = failure.code;
      errorMessage = failure.message;
      if (failure.fault === 'call') break;
    }
  }
  return { value: null, error, errorMessage, calls };
}
