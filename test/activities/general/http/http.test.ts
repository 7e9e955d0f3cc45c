import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApplicationFailure } from '@temporalio/activity';
import {
  http,
  retryAfterMs,
  type HttpInput,
  type HttpOutput,
} from '../../../../activities/general/http/http.ts';
import { hasCode, withContext } from '../general-context.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(handler: Handler): Promise<{ server: Server; url: string }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const env = { TOKEN: 'very-secret' };

describe('http', () => {
  let servers: Server[] = [];
  beforeEach(() => (servers = []));
  afterEach(() => servers.forEach((server) => server.closeAllConnections()));
  afterEach(() => servers.forEach((server) => server.close()));

  async function serve(handler: Handler): Promise<string> {
    const { server, url } = await listen(handler);
    servers.push(server);
    return url;
  }

  async function ask(input: HttpInput, signal = new AbortController().signal): Promise<HttpOutput> {
    let output: HttpOutput | undefined;
    await withContext(async (context) => void (output = await http.run(input, context)), { env, signal });
    assert.ok(output);
    return output;
  }

  const echo: Handler = (request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      const { method, url, headers } = request;
      response.end(JSON.stringify({ method, url, headers, body }));
    });
  };

  it('sends JSON, and headers from the environment, and returns JSON', async () => {
    const url = await serve(echo);
    const { status, json, text } = await ask({
      url: `${url}/x?y=1`,
      method: 'POST',
      headers: { Authorization: { env: 'TOKEN', prefix: 'Bearer ' }, 'X-Plain': 'a' },
      json: { ü: [1] },
    });
    const got = json as { method: string; url: string; headers: { [name: string]: string }; body: string };
    assert.deepEqual([status, text, got.method, got.url], [200, null, 'POST', '/x?y=1']);
    assert.equal(got.headers['authorization'], 'Bearer very-secret');
    assert.equal(got.headers['x-plain'], 'a');
    assert.deepEqual(JSON.parse(got.body), { ü: [1] });
  });

  it('returns any other answer as text, with few of its headers', async () => {
    const url = await serve((_, response) =>
      response.setHeader('set-cookie', 'a=b').setHeader('content-type', 'text/plain').end('hello'),
    );
    assert.deepEqual(await ask({ url }), {
      status: 200,
      headers: { 'content-type': 'text/plain' },
      json: null,
      text: 'hello',
    });
  });

  it('may be retried after 429 and 5xx, not before the server wants it, and not after other refusals', async () => {
    for (const [status, type, nonRetryable, delay] of [
      [429, 'HTTP_UNAVAILABLE', false, 7000],
      [503, 'HTTP_UNAVAILABLE', false, 7000],
      [404, 'HTTP_REFUSED', true, undefined],
    ] as const) {
      const url = await serve((_, response) => response.writeHead(status, { 'retry-after': '7' }).end('no'));
      const failure: unknown = await ask({ url: `${url}/?key=secret` }).catch((error: unknown) => error);
      assert.ok(failure instanceof ApplicationFailure);
      assert.deepEqual(
        [failure.type, failure.nonRetryable, failure.nextRetryDelay],
        [type, nonRetryable, delay],
      );
      assert.ok(!failure.message.includes('secret'));
      assert.equal((await ask({ url, allowedStatuses: [status] })).status, status);
    }
  });

  it('follows redirects within the server, and to others only when told to, without headers', async () => {
    const other = await serve(echo);
    const url = await serve((request, response) =>
      request.url === '/here'
        ? echo(request, response)
        : response.writeHead(302, { location: request.url === '/away' ? `${other}/x` : '/here' }).end(),
    );
    const headers = { authorization: { env: 'TOKEN' } };
    const near = await ask({ url: `${url}/near`, method: 'POST', text: 'body', headers });
    const got = near.json as { method: string; body: string; headers: { authorization?: string } };
    assert.deepEqual([got.method, got.body, got.headers.authorization], ['GET', '', 'very-secret']);
    await assert.rejects(ask({ url: `${url}/away` }), hasCode('REDIRECT_REFUSED'));
    const far = await ask({ url: `${url}/away`, headers, followRedirects: true });
    assert.equal((far.json as typeof got).headers.authorization, undefined);
  });

  it('gives up on redirects in a circle and on answers of more than a megabyte', async () => {
    const circle = await serve((_, response) => response.writeHead(307, { location: '/' }).end());
    await assert.rejects(ask({ url: circle }), hasCode('TOO_MANY_REDIRECTS'));
    const large = await serve((_, response) => response.end('x'.repeat(1_000_001)));
    await assert.rejects(ask({ url: large }), hasCode('ANSWER_TOO_LARGE'));
  });

  it('fails for now when the server is silent, away or cuts the answer', async () => {
    const silent = await serve(() => {});
    await assert.rejects(
      ask({ url: silent, timeout: '30ms' }),
      (error: Error) => hasCode('HTTP_TIMEOUT')(error) && 'retryable' in error && error.retryable === true,
    );
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('abc', () => response.destroy());
    });
    await assert.rejects(ask({ url: cut }), hasCode('HTTP_CONNECTION_FAILED'));
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    await assert.rejects(ask({ url }, controller.signal), { name: 'AbortError' });
  });

  it('refuses what can be no request', async () => {
    for (const [input, code] of [
      [{ url: 'http://user:key@127.0.0.1/' }, 'CREDENTIALS_IN_URL'],
      [{ url: 'http://' }, 'BAD_URL'],
      [{ url: 'http://127.0.0.1', json: 1 }, 'BODY_REFUSED'],
      [{ url: 'http://127.0.0.1', method: 'POST', json: 1, text: '' }, 'TWO_BODIES'],
      [{ url: 'http://127.0.0.1', headers: { a: { env: 'UNSET' } } }, 'ENV_NOT_SET'],
    ] as const)
      await assert.rejects(ask(input), hasCode(code), code);
  });
});

describe('retryAfterMs', () => {
  it('reads seconds and dates, up to an hour', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(retryAfterMs('2', now), 2000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:05 GMT', now), 5000);
    assert.equal(retryAfterMs('999999', now), 3_600_000);
    for (const header of ['0', 'soon', '-1', undefined, 'Wed, 01 Jan 2025 00:00:00 GMT'])
      assert.equal(retryAfterMs(header, now), undefined, header);
  });
});
