import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { http, type HttpInput, type HttpOutput } from '../../../../activities/general/http/http.ts';
import { hasCode, withContext } from '../general-context.ts';

interface Case {
  readonly name: string;
  readonly type?: string;
  readonly coding?: string;
  readonly status?: number;
  readonly body: Buffer | string;
  readonly expected: Partial<HttpOutput> | { readonly code: string };
}

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 255]);
const latin1 = Buffer.from('{"name":"Caf\xE9"}', 'latin1');
const utf16 = Buffer.from('\uFEFFhello 🙂', 'utf16le');
const json = 'application/json';

const cases: readonly Case[] = [
  {
    name: 'JSON with a byte order mark',
    type: `${json}; charset=utf-8`,
    body: '\uFEFF{"a":1}',
    expected: { json: { a: 1 }, text: null },
  },
  {
    name: 'text with a byte order mark',
    type: 'text/plain',
    body: '\uFEFFhello',
    expected: { text: 'hello' },
  },
  {
    name: 'Latin-1 as the header says',
    type: 'text/plain; charset=ISO-8859-1',
    body: Buffer.from('Caf\xE9', 'latin1'),
    expected: { text: 'Café' },
  },
  {
    name: 'a quoted charset',
    type: 'text/plain; Charset="windows-1252"',
    body: Buffer.from([0x80]),
    expected: { text: '€' },
  },
  {
    name: 'a charset in single quotes',
    type: "text/plain; charset='utf-8'",
    body: 'é',
    expected: { text: 'é' },
  },
  {
    name: 'JSON in Latin-1',
    type: `${json}; charset=ISO-8859-1`,
    body: latin1,
    expected: { json: { name: 'Café' } },
  },
  {
    name: 'Shift_JIS',
    type: 'text/html; charset=Shift_JIS',
    body: Buffer.from([0x83, 0x65]),
    expected: { text: 'テ' },
  },
  {
    name: 'UTF-16 by header and mark',
    type: 'text/plain; charset=utf-16',
    body: utf16,
    expected: { text: 'hello 🙂' },
  },
  {
    name: 'UTF-16 by its mark alone',
    type: 'text/plain',
    body: Buffer.from(utf16).swap16(),
    expected: { text: 'hello 🙂' },
  },
  { name: 'gzip', type: json, coding: 'gzip', body: gzipSync('{"a":1}'), expected: { json: { a: 1 } } },
  {
    name: 'x-gzip in capitals',
    type: json,
    coding: 'X-GZIP',
    body: gzipSync('{"a":1}'),
    expected: { json: { a: 1 } },
  },
  {
    name: 'deflate',
    type: json,
    coding: 'deflate',
    body: deflateSync('{"a":1}'),
    expected: { json: { a: 1 } },
  },
  {
    name: 'deflate without a header',
    type: json,
    coding: 'deflate',
    body: deflateRawSync('{"a":1}'),
    expected: { json: { a: 1 } },
  },
  {
    name: 'brotli',
    type: json,
    coding: 'br',
    body: brotliCompressSync('{"a":1}'),
    expected: { json: { a: 1 } },
  },
  {
    name: 'two encodings',
    type: json,
    coding: 'br, gzip',
    body: gzipSync(brotliCompressSync('{"a":1}')),
    expected: { json: { a: 1 } },
  },
  { name: 'identity', type: json, coding: 'identity', body: '{"a":1}', expected: { json: { a: 1 } } },
  {
    name: 'gzip that is cut off',
    type: json,
    coding: 'gzip',
    body: gzipSync('{"a":1}').subarray(0, -5),
    expected: { code: 'BROKEN_ANSWER' },
  },
  {
    name: 'what says gzip and is none',
    type: json,
    coding: 'gzip',
    body: '{"a":1}',
    expected: { code: 'BROKEN_ANSWER' },
  },
  {
    name: 'an encoding that is not read',
    type: json,
    coding: 'compress',
    body: '{"a":1}',
    expected: { code: 'UNKNOWN_ENCODING' },
  },
  {
    name: 'a small answer that unpacks to much',
    type: 'text/plain',
    coding: 'gzip',
    body: gzipSync('a'.repeat(10_000_000)),
    expected: { code: 'ANSWER_TOO_LARGE' },
  },
  {
    name: 'a charset that nobody knows',
    type: 'text/plain; charset=klingon',
    body: 'a',
    expected: { code: 'UNKNOWN_CHARSET' },
  },
  { name: 'bytes that are no UTF-8', type: 'text/plain', body: latin1, expected: { code: 'BINARY_ANSWER' } },
  { name: 'an image', type: 'image/png', body: png, expected: { code: 'BINARY_ANSWER' } },
  {
    name: 'an image that could be a text',
    type: 'image/gif',
    body: 'GIF89a',
    expected: { code: 'BINARY_ANSWER' },
  },
  { name: 'bytes of no type', body: png, expected: { code: 'BINARY_ANSWER' } },
  { name: 'NUL characters of no type', body: 'a\0b', expected: { code: 'BINARY_ANSWER' } },
  { name: 'a drawing in XML', type: 'image/svg+xml', body: '<svg/>', expected: { text: '<svg/>' } },
  {
    name: 'integers beyond 2^53',
    type: json,
    body: '{"id":9007199254740993,"big":12345678901234567890,"f":0.5,"x":1e400}',
    expected: { json: { id: '9007199254740993', big: '12345678901234567890', f: 0.5, x: '1e400' } },
  },
  {
    name: 'what says JSON and is none',
    type: json,
    body: '{"x": NaN}',
    expected: { json: null, text: '{"x": NaN}' },
  },
  { name: 'nothing as JSON', type: json, body: '', expected: { json: null, text: '' } },
  { name: 'no content', status: 204, body: '', expected: { json: null, text: '' } },
  {
    name: 'JSON lines',
    type: 'application/x-ndjson',
    body: '{"a":1}\n{"a":2}\n',
    expected: { text: '{"a":1}\n{"a":2}\n' },
  },
  { name: 'JSON of a kind', type: 'application/problem+json', body: '{"a":1}', expected: { json: { a: 1 } } },
];

describe('the answer of http', () => {
  for (const { name, type, coding, status = 200, body, expected } of cases)
    it(`is read: ${name}`, async () => {
      const answer: RequestListener = (_request, response) => {
        if (type !== undefined) response.setHeader('content-type', type);
        if (coding !== undefined) response.setHeader('content-encoding', coding);
        response.writeHead(status).end(body);
      };
      await withServer(answer, async (url, ask) => {
        if ('code' in expected) await assert.rejects(ask({ url }), hasCode(expected.code));
        else {
          const output = await ask({ url });
          for (const [key, value] of Object.entries(expected))
            assert.deepEqual(output[key as keyof HttpOutput], value);
        }
        if (coding !== undefined) return;
        const { base64, text, json: value } = await ask({ url, base64: true });
        assert.deepEqual([base64, text, value], [Buffer.from(body).toString('base64'), null, null]);
      });
    });
});

describe('redirects of http', () => {
  for (const [status, method, becomes] of [
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [301, 'HEAD', 'HEAD'],
  ] as const)
    it(`make ${becomes} of ${method} after ${status}, as browsers do`, async () => {
      const seen: string[] = [];
      const answer: RequestListener = (request, response) => {
        seen.push(`${request.method} ${request.headers['content-type']}`);
        if (seen.length === 1) response.writeHead(status, { location: '/next' }).end();
        else response.end();
      };
      await withServer(answer, async (url, ask) => {
        await ask({ url, method, ...(method === 'POST' || method === 'PUT' ? { json: 1 } : {}) });
        assert.equal(seen[1]?.split(' ')[0], becomes);
        assert.equal(seen[1]?.includes('json'), becomes === 'POST' || becomes === 'PUT');
      });
    });

  it('carry no body and no header to another server, and no request but one that only asks', async () => {
    const seen: object[] = [];
    const other: RequestListener = (request, response) => {
      let body = '';
      request.on('data', (data) => (body += String(data)));
      request.on('end', () => {
        seen.push({ method: request.method, secret: request.headers['authorization'], body });
        response.end('there');
      });
    };
    await withServer(other, async (target) => {
      for (const status of [301, 302, 303, 307, 308]) {
        const away: RequestListener = (_request, response) =>
          void response.writeHead(status, { location: target }).end();
        await withServer(away, async (url, ask) => {
          const input = { url, headers: { authorization: 's3cret' }, followRedirects: true };
          assert.equal((await ask(input)).text, 'there');
          assert.deepEqual(seen.pop(), { method: 'GET', secret: undefined, body: '' });
          const post = ask({ ...input, method: 'POST', text: 'body' });
          if (status >= 307) await assert.rejects(post, hasCode('REDIRECT_REFUSED'));
          else assert.equal((await post).text, 'there');
          const deletion = ask({ ...input, method: 'DELETE' });
          if (status === 303) await deletion;
          else await assert.rejects(deletion, hasCode('REDIRECT_REFUSED'));
        });
      }
    });
    assert.deepEqual([...new Set(seen.map((each) => JSON.stringify(each)))], ['{"method":"GET","body":""}']);
  });
});

async function withServer(
  answer: RequestListener,
  work: (url: string, ask: (input: HttpInput) => Promise<HttpOutput>) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await withContext((context) =>
      work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, (input) =>
        http.run(input, context),
      ),
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
