import type { ChatCall, Message } from '../model-client.ts';
import type { Fields as FreeFields } from '../../../definitions/documents/fields.ts';
import { nameOf, STANDARD, type Dialect, type Field } from './dialect.ts';

/**
 * Body of a chat completion, in a server's dialect. Every sampling field is always sent, so that servers' defaults never
 * matter. `request.body` of the config comes last.
 */
export function requestBody(call: ChatCall, dialect: Dialect = STANDARD): string {
  const { model, request } = call.config;
  const messages = nameOf(dialect, 'system') === null ? withoutSystemMessages(call.messages) : call.messages;
  const ours = dialectFields(call);
  const fields: FreeFields = {
    model: model.name,
    messages,
    ...(dialect === STANDARD ? ours : translate(ours, dialect)),
  };
  const alternatives = fields['logprobs'] === undefined ? undefined : { top_logprobs: call.topLogprobs };
  return JSON.stringify({
    ...fields,
    ...alternatives,
    ...request.body,
    ...templateArguments(fields, request.body),
  });
}

function translate(fields: FreeFields, dialect: Dialect): FreeFields {
  const named = Object.entries(fields).map(([field, value]) => [nameOf(dialect, field as Field), value]);
  return Object.fromEntries(named.filter(([name]) => name !== null));
}

/** What tells calls apart of which a server may refuse other fields. */
export function kindOf({ config, messages, schema, topLogprobs }: ChatCall): string {
  const { thinking } = config.sampling;
  return `${schema !== undefined} ${topLogprobs !== undefined} ${typeof thinking} ${hasSystem(messages)}`;
}

/** The fields of a call that a server may refuse. */
export function sentFields(call: ChatCall): ReadonlySet<Field> {
  const fields = Object.keys(dialectFields(call)) as Field[];
  return new Set(hasSystem(call.messages) ? [...fields, 'system'] : fields);
}

function hasSystem(messages: readonly Message[]): boolean {
  return messages.some(({ role }) => role === 'system');
}

/** The same texts, with those of the system before that of the user that follows. */
function withoutSystemMessages(messages: readonly Message[]): readonly Message[] {
  const merged: Message[] = [];
  for (const message of messages) {
    const before = merged.at(-1);
    const isForNext = before?.role === 'system' && message.role !== 'assistant';
    if (isForNext)
      merged[merged.length - 1] = { ...message, content: `${before.content}\n\n${message.content}` };
    else merged.push(message);
  }
  return merged.map(({ role, content }) => ({ role: role === 'system' ? 'user' : role, content }));
}

function dialectFields(call: ChatCall): { readonly [field in Field]?: unknown } {
  const { temperature, topP, maxTokens, thinking } = call.config.sampling;
  return {
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    seed: call.seed,
    ...(call.schema !== undefined && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: call.schema.name, schema: call.schema.schema, strict: true },
      },
    }),
    ...(call.topLogprobs !== undefined && { logprobs: true }),
    // The switch of Qwen's and others' chat templates, and that of DeepSeek's and Granite's.
    ...(typeof thinking === 'boolean' && {
      chat_template_kwargs: { enable_thinking: thinking, thinking },
    }),
    ...(typeof thinking === 'string' && { reasoning_effort: thinking }),
  };
}

/** What the config says of the chat template stands beside the switch for thinking. */
function templateArguments(fields: FreeFields, body: FreeFields | undefined): object | undefined {
  const [ours, theirs] = [fields['chat_template_kwargs'], body?.['chat_template_kwargs']];
  return ours === undefined || theirs === undefined
    ? undefined
    : { chat_template_kwargs: Object.assign({}, ours, theirs) };
}
