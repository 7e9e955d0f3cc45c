/** What a server turned out to want of a request that differs from the others: learned from its refusals. */
import { parseErrorBody } from './response.ts';
import type { HttpAnswer } from './post.ts';

/** Fields of a request that some server refuses. A field with other names is tried under them before it is left out. */
const FIELDS = {
  /** No field but the role: the text of a system message goes before that of the next one. Chat templates of Gemma and Mistral. */
  system: [],
  /** OpenAI's reasoning models. */
  max_tokens: ['max_completion_tokens'],
  temperature: [],
  top_p: [],
  /** Mistral. */
  seed: ['random_seed'],
  response_format: [],
  logprobs: [],
  chat_template_kwargs: [],
  reasoning_effort: [],
} as const satisfies { readonly [field: string]: readonly string[] };

export type Field = keyof typeof FIELDS;

/** The name of each field that has another one, null for one that is left out; the others are sent as they are. */
export type Dialect = ReadonlyMap<Field, string | null>;

export const STANDARD: Dialect = new Map();

/** What says that it is the field itself that is refused, not its value; of `top_p` also the 1 that is no limit. */
const REFUSES_FIELD =
  /not? (?:be )?(?:supported|permitted|allowed|recogni[sz]ed|accepted|available|enabled|implemented)|n't (?:support|allow|accept)|not (?:support|allow|accept)|unsupported|unrecogni[sz]ed|unknown|unexpected|extra (?:inputs|fields)|only the default|deprecated|may only be|must be > 0(?:\.0)? and < 1(?:\.0)?|must be 1 when|cannot both|instead|incompatible|not compatible/i;
/** Sentences of chat templates and of gateways about a system message. */
const REFUSES_SYSTEM =
  /system (?:role|message|prompt|instruction)s? (?:is |are )?(?:not|un)|not support (?:the )?['"`]?system|role:? ['"`]?system['"`]? (?:is )?(?:not|un)|unexpected role ['"`]?system|developer instruction is not enabled|only user and (?:assistant|model) roles|roles must alternate/i;
/** Statuses of requests that are refused for their form; 500 of exceptions in a chat template, 403 of fields that others may have. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 422, 500, 501]);
const REFUSAL_CODES: ReadonlySet<string> = new Set([
  'unsupported_parameter',
  'unsupported_value',
  'unknown_parameter',
  'extra_forbidden',
  'unrecognized_argument',
]);

/** The dialect that a refused request is tried in next; undefined if the refusal is of no field that can do without. */
export function learn(
  dialect: Dialect,
  sent: ReadonlySet<Field>,
  answer: Pick<HttpAnswer, 'status' | 'text'>,
): Dialect | undefined {
  const field = refusedField(dialect, sent, answer);
  if (field === undefined) return undefined;
  const names: readonly (string | null)[] = [field, ...FIELDS[field], null];
  const tried = names.indexOf(nameOf(dialect, field));
  return new Map(dialect).set(field, names[tried + 1] ?? null);
}

/** The name that a field is sent under; null if it is left out. */
export function nameOf(dialect: Dialect, field: Field): string | null {
  const name = dialect.get(field);
  return name === undefined ? field : name;
}

function refusedField(
  dialect: Dialect,
  sent: ReadonlySet<Field>,
  { status, text }: Pick<HttpAnswer, 'status' | 'text'>,
): Field | undefined {
  if (!REFUSALS.has(status)) return undefined;
  const { message, param, code, type } = parseErrorBody(text);
  const named = [...sent].filter((field) => nameOf(dialect, field) !== null);
  if (named.includes('system') && REFUSES_SYSTEM.test(message)) return 'system';
  if (status === 500) return undefined;
  const byParam = named.find((field) => param === nameOf(dialect, field) || param === field);
  // Of these two, any complaint counts: what they ask for differs from server to server.
  if (
    /response_format|json_schema|structured.?output|grammar/i.test(`${param} ${message}`) &&
    named.includes('response_format')
  )
    return 'response_format';
  if (/logprobs/i.test(`${param} ${message}`) && named.includes('logprobs')) return 'logprobs';
  if (!REFUSAL_CODES.has(code) && !REFUSAL_CODES.has(type) && !REFUSES_FIELD.test(message)) return undefined;
  if (byParam !== undefined) return byParam;
  const inMessage = named
    .filter((field) => field !== 'system')
    .map((field) => ({ field, at: message.search(patternOf(nameOf(dialect, field) ?? field)) }))
    .filter(({ at }) => at !== -1)
    .toSorted((one, other) => one.at - other.at)
    .map(({ field }) => field);
  // Of two that do not go together the temperature matters more.
  if (/cannot both/i.test(message) && inMessage.includes('top_p')) return 'top_p';
  // What it names last it may want instead: `max_tokens`, not `max_completion_tokens`.
  return inMessage[0];
}

/** A field as servers write it: `top_p`, `topP`, `Top p`; `chat_template` for its arguments. */
function patternOf(field: string): RegExp {
  return new RegExp(`\\b${field.replace('_kwargs', '(?:_kwargs)?').replaceAll('_', '[_ ]?')}\\b`, 'i');
}
