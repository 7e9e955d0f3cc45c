import assert from 'node:assert/strict';
import { refusal } from '../../../../activities/inference/wire/http-failures.ts';

describe('the answer of a server that refuses a call', () => {
  const codes: readonly (readonly [number, string])[] = [
    [302, 'SERVER_ERROR'],
    [400, 'BAD_REQUEST'],
    [401, 'UNAUTHORIZED'],
    [402, 'QUOTA_EXHAUSTED'],
    [403, 'UNAUTHORIZED'],
    [404, 'NO_SUCH_MODEL'],
    [408, 'TIMEOUT'],
    [409, 'SERVER_ERROR'],
    [413, 'PROMPT_TOO_LONG'],
    [422, 'BAD_REQUEST'],
    [424, 'SERVER_ERROR'],
    [425, 'SERVER_ERROR'],
    [429, 'RATE_LIMITED'],
    [499, 'BAD_REQUEST'],
    [500, 'SERVER_ERROR'],
    [503, 'SERVER_ERROR'],
  ];
  for (const [status, code] of codes)
    it(`of HTTP ${status} is ${code}`, () => {
      const model = { name: 'm', endpoints: ['http://127.0.0.1:1/v1'] };
      const answer = { status, text: '{}', retryAfter: undefined };
      assert.equal(refusal('http://127.0.0.1:1/v1', model, answer, undefined).code, code);
    });
});
