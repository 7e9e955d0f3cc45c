/** What servers answer: a chat completion, or an error in one of several shapes. */
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import type { TokenLogprob } from '../model-client.ts';
import { joinEvents } from './event-stream.ts';
import { mendFloats } from '../texts/mend-json.ts';
import { parseMessage, type MessageContent } from './message-content.ts';

/** The parts of a chat completion that are used. */
export interface Completion extends MessageContent {
  readonly finishReason: string | null;
  readonly logprobs: readonly TokenLogprob[] | null;
  /** Undefined where the server does not say. */
  readonly model: string | undefined;
  readonly usage: unknown;
}

/** What a 200 holds: a chat completion, or what went wrong all the same, with the status that it would have had. */
export type Outcome =
  | { readonly completion: Completion }
  | { readonly complaint: ServerComplaint; readonly status: number | undefined };

/** The first choice of a chat completion, or the error that stands in its place; undefined if the text is neither. */
export function parseCompletion(text: string): Outcome | undefined {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const body = parseJson(json) ?? joinEvents(json) ?? parseJson(mendFloats(json));
  if (!isFields(body)) return undefined;
  const choices: readonly unknown[] = Array.isArray(body['choices']) ? body['choices'] : [];
  const [choice] = choices;
  const error = body['error'] ?? (isFields(choice) ? choice['error'] : undefined);
  if (!isBlank(error)) {
    const complaint = complaintOf(error, text);
    const code = isFields(error) ? Number(error['code'] ?? error['status']) : Number.NaN;
    const status = Number.isInteger(code) && code >= 400 && code <= 599 ? code : undefined;
    return { complaint, status: status ?? (isRateLimit(complaint) ? 429 : undefined) };
  }
  if (!isFields(choice) || !isFields(choice['message'])) return undefined;
  const message = parseMessage(choice['message']);
  if (message === undefined) return undefined;
  return {
    completion: {
      finishReason: typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : null,
      logprobs: parseLogprobs(choice['logprobs']),
      model: typeof body['model'] === 'string' ? body['model'] : undefined,
      usage: body['usage'],
      // Last: V8 takes a microsecond for each field that follows a spread.
      ...message,
    },
  };
}

function isRateLimit({ code, type }: ServerComplaint): boolean {
  return /rate_?limit/i.test(`${code} ${type}`);
}

/** Some gateways send the field with every answer, empty where nothing is wrong. */
function isBlank(error: unknown): boolean {
  if (error === undefined || error === null || error === false || error === '') return true;
  return typeof error === 'object' && Object.keys(error).length === 0;
}

const BYTE_ORDER_MARK = '\ufeff';

/** What a server says is wrong. */
export interface ServerComplaint {
  readonly message: string;
  readonly param: string;
  readonly type: string;
  readonly code: string;
}

/**
 * The complaint in the error JSON of vLLM, OpenAI, Mistral, TGI, FastAPI (`detail`, also as a list), Gemini (a list) and others, or
 * plain text.
 */
export function parseErrorBody(text: string): ServerComplaint {
  const parsed = parseJson(text);
  const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  const complaint = isFields(body) ? (body['error'] ?? body['detail'] ?? body['errors'] ?? body) : text;
  const inBody = complaintOf(complaint, text);
  const type = isFields(body) ? asText(body['error_type']) : '';
  return type === '' ? inBody : { ...inBody, type };
}

function complaintOf(error: unknown, text: string): ServerComplaint {
  if (Array.isArray(error)) return complaintOf(error[0], text);
  if (!isFields(error))
    return { message: typeof error === 'string' ? error : text, param: '', type: '', code: '' };
  const { loc, message, metadata } = error;
  if (isFields(message)) return complaintOf(message['detail'] ?? message, text);
  const own: ServerComplaint = {
    message: asText(message) || asText(error['msg']) || asText(error['detail']) || text,
    param: asText(error['param']) || (Array.isArray(loc) ? String(loc.at(-1)) : ''),
    type: asText(error['type']),
    code: asText(error['code']),
  };
  // A router says that somebody refused; whom it asked says why.
  const raw = isFields(metadata) ? asText(metadata['raw']) : '';
  if (raw === '') return own;
  const inner = parseErrorBody(raw);
  return { ...inner, message: `${own.message}: ${inner.message}` };
}

function parseLogprobs(logprobs: unknown): TokenLogprob[] | null {
  if (!isFields(logprobs) || !Array.isArray(logprobs['content'])) return null;
  const tokens: TokenLogprob[] = [];
  for (const entry of logprobs['content'] as unknown[]) {
    const token = parseToken(entry);
    if (token === undefined || !isFields(entry)) return null;
    const top: unknown[] = Array.isArray(entry['top_logprobs']) ? entry['top_logprobs'] : [];
    tokens.push({ ...token, top: top.map(parseToken).filter((alternative) => alternative !== undefined) });
  }
  return tokens;
}

function parseToken(entry: unknown): { readonly token: string; readonly logprob: number } | undefined {
  if (!isFields(entry)) return undefined;
  const { token, logprob } = entry;
  return typeof token === 'string' && typeof logprob === 'number' ? { token, logprob } : undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
