/** One request and its answer, in the dialect that the server wants and at the place that it redirects to. */
import type { Logger } from 'pino';
import { follow, servedModel, type Endpoint } from '../servers/endpoints.ts';
import type { ServedModel } from '../servers/served-model.ts';
import type { ChatAnswer, ChatCall } from '../model-client.ts';
import { ModelError } from '../model-error.ts';
import { learn, nameOf, STANDARD, type Dialect } from './dialect.ts';
import { post, type HttpAnswer, type PostOptions } from './post.ts';
import { readAnswer } from './read-answer.ts';
import { refusal } from './http-failures.ts';
import { kindOf, requestBody, sentFields } from './request-body.ts';

export interface Question {
  readonly call: ChatCall;
  /** Body of the whole request, in no dialect. */
  readonly body: string;
  /** The API key. */
  readonly secret: string | undefined;
  /** Requests made for the call so far; counted up here. */
  requests: number;
}

export type Deadline = Pick<PostOptions, 'timeoutMs' | 'moreMs'>;

const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Asks until there is an answer, or a refusal that no other form of the request mends. Throws `ModelError`. */
export async function exchange(
  endpoint: Endpoint,
  question: Question,
  deadline: Deadline,
  log: Logger,
): Promise<ChatAnswer> {
  const { call, secret } = question;
  const model = servedModel(endpoint, call.config.model.name);
  const kind = kindOf(call);
  const first = model.enter(kind);
  if (first !== undefined) await first;
  const headers = jsonHeaders(secret);
  let dialect: Dialect = model.dialect;
  try {
    for (let redirects = 0; ;) {
      const startedAt = performance.now();
      question.requests += 1;
      const { route } = endpoint;
      const http = await post(route.pool, {
        endpoint: endpoint.name,
        path: route.path,
        headers,
        body: dialect === STANDARD ? question.body : requestBody(call, dialect),
        signal: call.signal,
        ...deadline,
      });
      if (http.status === 200) {
        const seconds = (performance.now() - startedAt) / 1000;
        sayWhatIsNew(endpoint, call, model, dialect, log);
        const { requests } = question;
        return readAnswer(http, { endpoint: endpoint.name, call, secret, seconds, requests });
      }
      if (REDIRECTS.has(http.status) && http.location !== undefined) {
        redirects += 1;
        if (redirects <= MOST_REDIRECTS && http.status !== 303 && follow(endpoint, route, http.location))
          continue;
        throw redirected(endpoint, http, route.url);
      }
      const next = learn(dialect, sentFields(call), http);
      if (next === undefined) throw refusal(endpoint.name, call.config.model, http, secret);
      dialect = next;
      model.prolong(kind);
    }
  } finally {
    model.leave(kind);
  }
}

const JSON_HEADERS = { 'content-type': 'application/json' };

/** @param secret the API key. */
export function jsonHeaders(secret: string | undefined): { readonly [name: string]: string } {
  return secret === undefined
    ? JSON_HEADERS
    : { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
}

function sayWhatIsNew(
  endpoint: Endpoint,
  call: ChatCall,
  model: ServedModel,
  dialect: Dialect,
  log: Logger,
): void {
  if (dialect === model.dialect) return;
  for (const field of model.learn(dialect)) {
    const name = nameOf(dialect, field);
    const where = { endpoint: endpoint.name, model: call.config.model.name, field };
    if (field === 'system')
      log.warn(where, 'the server takes no system message; its text goes before the next one from now on');
    else if (name === null)
      log.warn(where, 'the server refuses this field of a request; it is left out from now on');
    else
      log.warn(
        { ...where, name },
        'the server wants this field of a request by another name; it gets it from now on',
      );
  }
}

function redirected({ name }: Endpoint, { status, location }: HttpAnswer, from: URL): ModelError {
  const target =
    location !== undefined && URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const where = target === undefined ? 'nowhere' : `${target.origin}${target.pathname}`;
  const message = `${name} answered ${status}, a redirect to ${where}, which is not followed: put the right address into model.endpoints`;
  return new ModelError('BAD_ENDPOINT', name, message, { status });
}
