import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answersOf, checkContext, runKind, said } from '../check-context.ts';

/** Runs work with the address of a server that answers as `answer` does. */
async function withServer(
  answer: (body: { readonly output: string }, response: ServerResponse, request: IncomingMessage) => void,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    void text(request).then((body) => answer(JSON.parse(body), response, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/check`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a check by a server', () => {
  it('is sent each answer with the headers of the config, and says score and reason', () =>
    withServer(
      ({ output }, response, { headers }) =>
        response.end(JSON.stringify({ passed: output === 'yes', reason: headers['x-key'] })),
      async (url) => {
        const context = checkContext({ environment: () => 'k-1234567890abcdef' });
        const config = { url, headers: { 'X-Key': { env: 'KEY', prefix: 'Bearer ' } } };
        const results = await runKind('http', config, answersOf(['yes', 'no']), context);
        assert.deepEqual(
          results.map(({ score }) => score),
          [1, 0],
        );
        assert.match(results[1]?.reason ?? '', /^Bearer /);
        assert.doesNotMatch(results[1]?.reason ?? '', /1234567890/);
        await assert.rejects(runKind('http', config, answersOf(['yes'])), { code: 'ENV_NOT_SET' });
      },
    ));

  it('that hangs, cuts off, refuses or talks nonsense fails the rows, each with its reason', () =>
    withServer(
      ({ output }, response) => {
        if (output === 'hang') return;
        if (output === 'cut') response.destroy();
        else if (output === 'refuse') response.writeHead(400).end('no');
        else if (output === 'busy') response.writeHead(503).end();
        else if (output === 'much') response.end('x'.repeat(200_000));
        else response.end(output === 'fine' ? '{"score": 0.5}' : 'nonsense');
      },
      async (url) => {
        const outputs = ['fine', 'hang', 'cut', 'refuse', 'busy', 'much', 'else'];
        assert.deepEqual(await said(runKind('http', { url, timeout: '500ms' }, answersOf(outputs))), [
          0.5,
          'CHECK_TIMEOUT',
          'CHECK_UNREACHABLE',
          'CHECK_REFUSED',
          'CHECK_UNAVAILABLE',
          'TOO_MUCH_OUTPUT',
          'NO_RESULT',
        ]);
      },
    ));

  it('is asked again where that may help, and fails the task where nobody reaches it', async () => {
    let asked = 0;
    await withServer(
      (_body, response) =>
        void ((asked += 1) < 3 ? response.writeHead(503).end() : response.end('{"score":1}')),
      async (url) => assert.deepEqual(await said(runKind('http', { url }, answersOf(['a']))), [1]),
    );
    assert.equal(asked, 3);
    await assert.rejects(runKind('http', { url: 'http://127.0.0.1:1/' }, answersOf(['a', 'b'])), (error) => {
      assert.ok(error instanceof Error && 'code' in error && 'retryable' in error);
      return error.code === 'CHECK_UNREACHABLE' && error.retryable === true;
    });
  });
});
