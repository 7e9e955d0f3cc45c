/** Where a redirect leads, and what may be sent there. */
import { ActivityError } from '../../attempts/errors.ts';
import { describeUrl, type Method } from './http-url.ts';

/** What a request sends. */
export interface Sent {
  readonly method: Method;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
}

/** The request that follows a redirect; undefined if the answer is none. Throws `ActivityError` `REDIRECT_REFUSED`. */
export function redirected(
  sent: Sent,
  status: number,
  location: unknown,
  followsToOthers: boolean,
): Sent | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return undefined;
  const { method, url } = sent;
  const target = targetOf(location, url);
  const isOther = target.origin !== url.origin;
  const refuse = (advice: string): ActivityError =>
    new ActivityError(
      'REDIRECT_REFUSED',
      `${describeUrl(url)} redirects to another server, ${target.origin}. ${advice}`,
    );
  if (isOther && !followsToOthers) throw refuse("Give its URL, or 'followRedirects: true'.");
  // As browsers do: https://fetch.spec.whatwg.org/#http-redirect-fetch, steps 12 and 13.
  const becomesGet =
    (status === 303 && method !== 'GET' && method !== 'HEAD') ||
    ((status === 301 || status === 302) && method === 'POST');
  if (isOther && !becomesGet && method !== 'GET' && method !== 'HEAD')
    throw refuse(
      `Give its URL: a ${method} request and its body are sent to no server but the one that is named.`,
    );
  return {
    method: becomesGet ? 'GET' : method,
    url: target,
    // Headers may be credentials, and a request that has lost its body has no type.
    headers: isOther ? {} : becomesGet ? withoutBodyHeaders(sent.headers) : sent.headers,
    body: becomesGet ? undefined : sent.body,
  };
}

function targetOf(location: string, from: URL): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (target !== undefined && /^https?:$/.test(target.protocol)) return target;
  throw new ActivityError('REDIRECT_REFUSED', `${describeUrl(from)} redirects to what is no http(s) URL.`);
}

function withoutBodyHeaders(headers: Sent['headers']): Sent['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}
