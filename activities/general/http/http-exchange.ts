/** One HTTP request with its whole answer, redirects followed as far as they may be. */
import { request } from 'undici';
import { ActivityError } from '../../attempts/errors.ts';
import { readBody } from './answer-body.ts';
import { describeUrl } from './http-url.ts';
import { redirected, type Sent } from './redirect.ts';

/** Largest answer: it becomes part of the run's history. */
const MAX_ANSWER_BYTES = 1_000_000;
const MAX_REDIRECTS = 5;

export interface Exchange extends Sent {
  /** Whether to follow redirects to other servers too; they are sent no headers and no body. */
  readonly followRedirects: boolean;
  /** Aborts it. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly bytes: Buffer;
}

/**
 * Makes a request. Throws `ActivityError` `REDIRECT_REFUSED`, `TOO_MANY_REDIRECTS`, those of `readBody`, and what
 * undici throws for a connection that fails or is aborted.
 */
export async function exchange({ followRedirects, signal, ...wanted }: Exchange): Promise<HttpAnswer> {
  let sent: Sent = wanted;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await send(sent, signal);
    const next = redirected(sent, answer.status, answer.headers['location'], followRedirects);
    if (next === undefined) return answer;
    sent = next;
  }
  throw new ActivityError(
    'TOO_MANY_REDIRECTS',
    `${describeUrl(wanted.url)} redirects more than ${MAX_REDIRECTS} times.`,
  );
}

async function send({ method, url, headers, body }: Sent, signal: AbortSignal): Promise<HttpAnswer> {
  const answer = await request(url, { method, headers, body: body ?? null, signal });
  const coding = answer.headers['content-encoding'] ?? '';
  const bytes = await readBody(
    answer.body as AsyncIterable<Uint8Array>,
    String(coding),
    MAX_ANSWER_BYTES,
    describeUrl(url),
  );
  return { status: answer.statusCode, headers: answer.headers, bytes };
}
