import { ApplicationFailure } from '@temporalio/activity';
import type { Duration, Value } from '../../../definitions/model/types.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { mayPass } from '../../attempts/answers-of-servers.ts';
import { resolveHeaders, type HeaderValue } from '../../attempts/request-headers.ts';
import { durationMs } from '../../../definitions/model/duration.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';
import { parseForeignJson } from '../../imports/exact-json.ts';
import { durationSchema } from '../durations.ts';
import { decodeBody } from './answer-body.ts';
import { exchange, type HttpAnswer } from './http-exchange.ts';
import { describeUrl, METHODS, type Method } from './http-url.ts';

export interface HttpInput {
  /** http or https. */
  readonly url: string;
  /** Default GET. */
  readonly method?: Method;
  readonly headers?: { readonly [name: string]: HeaderValue };
  /** Body to be sent as JSON. */
  readonly json?: Value;
  /** Body to be sent as it is. */
  readonly text?: string;
  /** Time of one attempt. Default 30s. */
  readonly timeout?: Duration;
  /** Statuses from 400 on that are no failure. Default none. */
  readonly allowedStatuses?: readonly number[];
  /** Whether redirects to other servers are followed. Default false. */
  readonly followRedirects?: boolean;
  /** Whether the answer is given as its bytes in base64, whatever they are. Default false: then it must be a text. */
  readonly base64?: boolean;
}

export interface HttpOutput {
  readonly status: number;
  /** Of the answer: content-type, etag, last-modified and location, as far as it has them. */
  readonly headers: { readonly [name: string]: string };
  /** The answer's JSON; null if it is none. */
  readonly json: Value;
  /** The answer's text; null if it is JSON, or given in base64. */
  readonly text: string | null;
  /** The answer's bytes; absent unless asked for. */
  readonly base64?: string;
}

const DEFAULT_TIMEOUT = '30s';
const RETURNED_HEADERS = ['content-type', 'etag', 'last-modified', 'location'];
/** Characters of a refusing answer that are told. */
const TOLD_CHARS = 500;
/** Longest wait that a server may ask for. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** One HTTP request. An attempt may follow one that reached the server: the request must bear being made twice. */
export const http: Activity<HttpInput, HttpOutput> = {
  name: 'http',
  description: 'Makes an HTTP request and returns the answer.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'what its server answers has no digest',
  input: objectSchema(
    {
      url: { type: 'string', pattern: '^https?://', description: 'An http or https URL.' },
      method: { enum: METHODS, description: 'GET unless given.' },
      headers: {
        type: 'object',
        description: 'By name; a value may be { env: NAME }, a variable of the worker.',
        additionalProperties: {
          anyOf: [
            { type: 'string' },
            objectSchema({ env: { type: 'string' }, prefix: { type: 'string' } }, ['prefix']),
          ],
        },
      },
      json: { description: 'Body to be sent as JSON.' },
      text: { type: 'string', description: 'Body to be sent as it is.' },
      timeout: durationSchema,
      allowedStatuses: {
        type: 'array',
        items: { type: 'integer', minimum: 400, maximum: 599 },
        description: 'Statuses from 400 on that are no failure.',
      },
      followRedirects: { type: 'boolean', description: 'Follow redirects to other servers.' },
      base64: { type: 'boolean', description: 'Give the bytes of the answer, in base64.' },
    },
    ['method', 'headers', 'json', 'text', 'timeout', 'allowedStatuses', 'followRedirects', 'base64'],
  ),
  output: objectSchema(
    {
      status: { type: 'integer' },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      json: {},
      text: { type: ['string', 'null'] },
      base64: { type: 'string' },
    },
    ['base64'],
  ),
  async run(input, context) {
    const url = checkUrl(input.url);
    const body = bodyOf(input);
    const time = input.timeout ?? DEFAULT_TIMEOUT;
    const timeout = AbortSignal.timeout(durationMs(time));
    const headers = headersOf(input, context);
    const wanted = {
      method: input.method ?? 'GET',
      url,
      headers,
      body,
      followRedirects: input.followRedirects === true,
    };
    let answer: HttpAnswer;
    try {
      answer = await exchange({ ...wanted, signal: AbortSignal.any([context.signal, timeout]) });
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof ActivityError) throw error;
      const [code, what] = timeout.aborted
        ? ['HTTP_TIMEOUT', `did not answer within ${time}`]
        : [
            'HTTP_CONNECTION_FAILED',
            `cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
          ];
      throw new ActivityError(code, `${describeUrl(url)} ${what}.`, { retryable: true, cause: error });
    }
    const isAllowed = answer.status < 400 || input.allowedStatuses?.includes(answer.status) === true;
    if (!isAllowed) throw refusal(url, answer);
    return toOutput(url, answer, input.base64 === true);
  },
};

function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new ActivityError('BAD_URL', `'${text.slice(0, 200)}' is no http(s) URL.`);
  if (url.username !== '' || url.password !== '') {
    throw new ActivityError(
      'CREDENTIALS_IN_URL',
      `The URL of ${url.host} has credentials in it. Put them into a header: { env: NAME }.`,
    );
  }
  return url;
}

function bodyOf({ json, text, method }: HttpInput): string | undefined {
  if (json !== undefined && text !== undefined)
    throw new ActivityError('TWO_BODIES', "A request has 'json' or 'text', not both.");
  const body = json === undefined ? text : JSON.stringify(json);
  if (body !== undefined && (method === undefined || method === 'GET' || method === 'HEAD'))
    throw new ActivityError('BODY_REFUSED', `A ${method ?? 'GET'} request has no body; give 'method: POST'.`);
  return body;
}

function headersOf({ headers = {}, json }: HttpInput, context: ActivityContext): { [name: string]: string } {
  return {
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...resolveHeaders(headers, context),
  };
}

/** 408, 429 and 5xx may pass; any other status is an answer to this very request. */
function refusal(url: URL, { status, headers, bytes }: HttpAnswer): ApplicationFailure {
  const isPassing = mayPass(status);
  const delayMs = isPassing ? retryAfterMs(headers['retry-after'], Date.now()) : undefined;
  return ApplicationFailure.create({
    message: `${describeUrl(url)} answers ${status}: ${told(bytes, headers)}`,
    type: isPassing ? 'HTTP_UNAVAILABLE' : 'HTTP_REFUSED',
    nonRetryable: !isPassing,
    ...(delayMs === undefined ? {} : { nextRetryDelay: delayMs }),
  });
}

/** The wait that a `Retry-After` header (seconds or a date) asks for, at most an hour; undefined if it does not. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** The beginning of what a refusing server says, as far as it is a text. */
function told(bytes: Buffer, headers: HttpAnswer['headers']): string {
  try {
    return decodeBody(bytes, typeOf(headers), '').slice(0, TOLD_CHARS);
  } catch {
    return `(${bytes.length} bytes that are no text)`;
  }
}

function toOutput(url: URL, { status, headers, bytes }: HttpAnswer, isBase64: boolean): HttpOutput {
  const returned = RETURNED_HEADERS.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const common = { status, headers: Object.fromEntries(returned) };
  if (isBase64) return { ...common, json: null, text: null, base64: bytes.toString('base64') };
  const text = decodeBody(bytes, typeOf(headers), describeUrl(url));
  const json = /\bjson\b/i.test(typeOf(headers)) ? parseForeignJson(text) : undefined;
  return json === undefined
    ? { ...common, json: null, text }
    : { ...common, json: json as Value, text: null };
}

function typeOf(headers: HttpAnswer['headers']): string {
  const type = headers['content-type'];
  return typeof type === 'string' ? type : '';
}
