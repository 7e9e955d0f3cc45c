/** One HTTP request with its whole answer, redirects within the same server followed. */
import { request } from 'undici';
import { ActivityError } from '../../attempts/errors.ts';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** Largest answer: it becomes part of the run's history. */
const MAX_ANSWER_BYTES = 1_000_000;
const MAX_REDIRECTS = 5;

export interface Exchange {
  readonly method: Method;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  /** Whether to follow redirects to other servers too; they are sent no headers. */
  readonly followRedirects: boolean;
  /** Aborts it. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
}

/**
 * Makes a request. Throws `ActivityError` `REDIRECT_REFUSED`, `TOO_MANY_REDIRECTS`, `ANSWER_TOO_LARGE`, and what
 * undici throws for a connection that fails or is aborted.
 */
export async function exchange(wanted: Exchange): Promise<HttpAnswer> {
  let { method, url, headers, body } = wanted;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await send({ ...wanted, method, url, headers, body });
    const location = answer.headers['location'];
    if (![301, 302, 303, 307, 308].includes(answer.status) || typeof location !== 'string') return answer;
    const target = redirectTarget(location, url);
    if (target.origin !== url.origin) {
      if (!wanted.followRedirects) {
        throw new ActivityError(
          'REDIRECT_REFUSED',
          `${describeUrl(url)} redirects to another server, ${target.origin}. Give its URL, or 'followRedirects: true'.`,
        );
      }
      headers = {};
    }
    // As browsers do: only 307 and 308 repeat the request itself.
    if (answer.status < 307 && method !== 'GET' && method !== 'HEAD') {
      method = 'GET';
      body = undefined;
    }
    url = target;
  }
  throw new ActivityError(
    'TOO_MANY_REDIRECTS',
    `${describeUrl(wanted.url)} redirects more than ${MAX_REDIRECTS} times.`,
  );
}

/** A URL without what may be secret in it. */
export function describeUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function redirectTarget(location: string, from: URL): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (target !== undefined && /^https?:$/.test(target.protocol)) return target;
  throw new ActivityError('REDIRECT_REFUSED', `${describeUrl(from)} redirects to what is no http(s) URL.`);
}

async function send({ method, url, headers, body, signal }: Exchange): Promise<HttpAnswer> {
  const answer = await request(url, { method, headers, body: body ?? null, signal });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) {
      throw new ActivityError(
        'ANSWER_TOO_LARGE',
        `${describeUrl(url)} answers with more than ${MAX_ANSWER_BYTES} bytes. Fetch it with a command, into a file.`,
      );
    }
    chunks.push(chunk);
  }
  return { status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') };
}
