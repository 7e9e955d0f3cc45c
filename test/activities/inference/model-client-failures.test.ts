import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ModelErrorCode, ModelFault } from '../../../activities/inference/retry-rules.ts';
import { completion, send, vllmError, type Handler } from './model-server.ts';
import { failsWith, withClient } from './with-client.ts';

/** Answers well after a first answer of the given kind. */
const firstThen =
  (first: Handler, text = 'fine'): Handler =>
  (request, response, index) =>
    index === 0 ? first(request, response, index) : send(response, 200, completion(text));

/** An error of OpenAI's, which has a word for its kind where vLLM repeats the status. */
const openaiError = (type: string, code: string | null): object => ({
  error: { message: 'You exceeded your current quota.', type, param: null, code },
});

/** Types and codes of errors that no waiting mends. */
const billing: readonly (readonly [type: string, code: string | null])[] = [
  ['insufficient_quota', 'insufficient_quota'],
  ['insufficient_quota', null],
  ['insufficient_quota', 'credit_balance_exhausted'],
  ['invalid_request_error', 'project_spend_limit_exceeded'],
];

describe('createModelClient: failures', () => {
  const retried: readonly (readonly [string, Handler])[] = [
    ['500', (_request, response) => send(response, 500, vllmError(500, 'boom'))],
    ['503', (_request, response) => send(response, 503, 'busy')],
    ['408', (_request, response) => send(response, 408, '')],
    [
      'a rate limit that calls itself exceeded',
      (_request, response) => send(response, 429, openaiError('requests', 'rate_limit_exceeded')),
    ],
    ['429 with Retry-After', (_request, response) => send(response, 429, '{}', { 'retry-after': '0.01' })],
    ['a closed connection', (_request, response) => response.destroy()],
    [
      'a body cut in the middle',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('{"choices": [', () => response.destroy());
      },
    ],
    ['malformed JSON', (_request, response) => send(response, 200, '{"choices": [{"message"')],
    ['JSON that is no completion', (_request, response) => send(response, 200, { choices: [] })],
    [
      'an answer aborted by the server',
      (_request, response) => send(response, 200, completion('par', { finish_reason: 'abort' })),
    ],
  ];
  for (const [what, handler] of retried) {
    it(`tries again after ${what}`, () =>
      withClient([firstThen(handler)], async (ask) => {
        const answer = await ask();
        assert.deepEqual([answer.text, answer.requests], ['fine', 2]);
      }));
  }

  it('tries again after a server that hangs, and closes that request', () => {
    let closed: Promise<unknown> = Promise.resolve();
    const hang: Handler = (_request, response) => {
      closed = once(response, 'close');
    };
    return withClient([firstThen(hang)], async (ask) => {
      assert.equal((await ask({}, {}, { timeout: '500ms', maxAttempts: 5 })).requests, 2);
      await closed;
    });
  });

  it('gives up after maxAttempts requests, with an error that another attempt may mend', () =>
    withClient(
      [(_request, response) => send(response, 500, vllmError(500, 'boom'))],
      async (ask, [server]) => {
        await assert.rejects(
          ask({}, {}, { maxAttempts: 2 }),
          failsWith(
            'SERVER_ERROR',
            (error) => error.retryable && error.status === 500 && error.requests === 2,
          ),
        );
        assert.equal(server?.seen.length, 2);
      },
    ));

  it('takes the wait in milliseconds where a server says it so', () =>
    withClient(
      [
        (_request, response) =>
          send(response, 429, '{}', { 'retry-after-ms': '3600500', 'retry-after': '1' }),
      ],
      async (ask) => {
        await assert.rejects(
          ask({}, {}, { timeout: '1s', maxAttempts: 9 }),
          failsWith('RATE_LIMITED', (error) => error.retryAfterMs === 3_600_500),
        );
      },
    ));

  it('does not wait beyond the deadline of the call, whatever the server asks for', () =>
    withClient(
      [(_request, response) => send(response, 429, '{}', { 'retry-after': '3600' })],
      async (ask, [server]) => {
        await assert.rejects(
          ask({}, {}, { timeout: '1s', maxAttempts: 9 }),
          failsWith('RATE_LIMITED', (error) => error.retryAfterMs === 3_600_000),
        );
        assert.equal(server?.seen.length, 1);
      },
    ));

  const final: readonly (readonly [string, ModelErrorCode, ModelFault, number, unknown])[] = [
    ['a bad request', 'BAD_REQUEST', 'call', 400, vllmError(400, 'temperature must be …', 'temperature')],
    [
      'a prompt too long',
      'PROMPT_TOO_LONG',
      'call',
      400,
      vllmError(400, "This model's maximum context length is 1024 tokens.", 'input_tokens'),
    ],
    [
      'a prompt that leaves no room',
      'PROMPT_TOO_LONG',
      'call',
      400,
      vllmError(400, 'max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)'),
    ],
    [
      'too many tokens asked for',
      'BAD_REQUEST',
      'call',
      400,
      vllmError(400, 'max_tokens=2000 cannot be greater than max_model_len=1024.', 'max_tokens'),
    ],
    ['a wrong key', 'UNAUTHORIZED', 'setup', 401, { error: 'Unauthorized' }],
    [
      'an unknown model',
      'NO_SUCH_MODEL',
      'setup',
      404,
      vllmError(404, 'The model `nope` does not exist.', 'model'),
    ],
    ...billing.map(
      ([type, code]) =>
        [
          `the billing error ${type} (${code})`,
          'QUOTA_EXHAUSTED',
          'setup',
          429,
          openaiError(type, code),
        ] as const,
    ),
    ['payment required', 'QUOTA_EXHAUSTED', 'setup', 402, { error: { message: 'Insufficient credits' } }],
    ['an unknown path', 'NO_SUCH_MODEL', 'setup', 404, { detail: 'Not Found' }],
    ['what a server cannot do', 'SERVER_ERROR', 'server', 501, vllmError(501, 'not implemented')],
  ];
  for (const [what, code, fault, status, body] of final) {
    it(`reports ${what} as ${code} without a second request`, () =>
      withClient([(_request, response) => send(response, status, body)], async (ask, [server]) => {
        await assert.rejects(
          ask(),
          failsWith(
            code,
            (error) => error.fault === fault && error.status === status && error.requests === 1,
          ),
        );
        assert.equal(server?.seen.length, 1);
      }));
  }

  it('refuses answers over 8 MB and stops reading', () => {
    let closed: Promise<unknown> = Promise.resolve();
    const flood: Handler = (_request, response) => {
      closed = once(response, 'close');
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1 << 20)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    return withClient([flood], async (ask) => {
      await assert.rejects(
        ask(),
        failsWith('ANSWER_TOO_LARGE', ({ fault }) => fault === 'call'),
      );
      await closed;
    });
  });

  it('says so when the embedded models do not run here, or an endpoint is no URL', () =>
    withClient([], async (ask) => {
      await assert.rejects(ask({}, { endpoints: ['embedded'] }), failsWith('NO_EMBEDDED_SERVER'));
      await assert.rejects(ask({}, { endpoints: ['localhost:8000'] }), failsWith('BAD_ENDPOINT'));
      await assert.rejects(ask({}, { endpoints: ['file:///etc/passwd'] }), failsWith('BAD_ENDPOINT'));
    }));
});
