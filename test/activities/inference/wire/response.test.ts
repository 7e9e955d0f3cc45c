import assert from 'node:assert/strict';
import { parseCompletion, parseErrorBody } from '../../../../activities/inference/wire/response.ts';

describe('parseErrorBody', () => {
  const said: readonly (readonly [shape: string, body: unknown, expected: object])[] = [
    ['plain text', 'Bad gateway', { message: 'Bad gateway', param: '', type: '', code: '' }],
    [
      'OpenAI',
      { error: { message: 'too long', type: 'invalid', param: 'messages', code: 'context_length' } },
      { message: 'too long', param: 'messages', type: 'invalid', code: 'context_length' },
    ],
    ['a text as the error', { error: 'no' }, { message: 'no', param: '', type: '', code: '' }],
    [
      'Gemini, a list',
      [{ error: { message: 'quota', code: 429 } }],
      { message: 'quota', param: '', type: '', code: '' },
    ],
    [
      'FastAPI, a list of details',
      { detail: [{ loc: ['body', 'top_p'], msg: 'too large', type: 'value_error' }, { msg: 'other' }] },
      { message: 'too large', param: 'top_p', type: 'value_error', code: '' },
    ],
    [
      'a message that holds the details',
      { message: { detail: [{ loc: ['body', 'seed'], msg: 'not allowed' }] } },
      { message: 'not allowed', param: 'seed', type: '', code: '' },
    ],
    [
      'a message that is the error itself',
      { message: { message: 'unknown', type: 'value' } },
      { message: 'unknown', param: '', type: 'value', code: '' },
    ],
    [
      'TGI',
      { error: 'overloaded', error_type: 'overload' },
      { message: 'overloaded', param: '', type: 'overload', code: '' },
    ],
    [
      'a router, with what the one that it asked said',
      {
        error: {
          message: 'Provider error',
          code: 'x',
          metadata: { raw: '{"error":{"message":"busy","type":"t"}}' },
        },
      },
      { message: 'Provider error: busy', param: '', type: 't', code: '' },
    ],
    ['an error that says nothing', { error: {} }, { message: '{"error":{}}', param: '', type: '', code: '' }],
  ];
  for (const [shape, body, expected] of said)
    it(`reads ${shape}`, () => {
      assert.deepEqual(parseErrorBody(typeof body === 'string' ? body : JSON.stringify(body)), expected);
    });
});

describe('parseCompletion', () => {
  const choice = { message: { content: 'Hi' }, finish_reason: 'stop' };
  const parse = (body: unknown): ReturnType<typeof parseCompletion> => parseCompletion(JSON.stringify(body));

  it('takes an answer whose error is blank, and a byte order mark before it', () => {
    for (const error of [undefined, null, false, '', {}, []]) {
      const outcome = parse({ choices: [choice], error });
      assert.ok(outcome !== undefined && 'completion' in outcome, JSON.stringify(error));
      assert.deepEqual([outcome.completion.text, outcome.completion.finishReason], ['Hi', 'stop']);
    }
    assert.ok(parseCompletion(`\ufeff${JSON.stringify({ choices: [choice] })}`) !== undefined);
  });

  it('finds an error in the body or in the choice, with the status that it would have had', () => {
    const statusOf = (error: unknown, inChoice = false): unknown => {
      const outcome = parse(inChoice ? { choices: [{ ...choice, error }] } : { error });
      return outcome !== undefined && 'complaint' in outcome ? (outcome.status ?? 'none') : 'no error';
    };
    assert.deepEqual(
      [400, 599, 399, 600, 429.5, 'x'].map((code) => statusOf({ code, message: 'm' })),
      [400, 599, 'none', 'none', 'none', 'none'],
    );
    assert.equal(statusOf({ status: 503 }), 503);
    assert.equal(statusOf({ code: '429' }, true), 429);
    assert.equal(statusOf('broken'), 'none');
  });

  it('is nothing where there is neither', () => {
    for (const body of [null, [], 'x', {}, { choices: [] }, { choices: [{}] }, { choices: [{ message: 1 }] }])
      assert.equal(parse(body), undefined, JSON.stringify(body));
    assert.equal(parseCompletion('{'), undefined);
  });

  it('has the tokens with their alternatives, or none where one of them is none', () => {
    const logprobsOf = (content: unknown): unknown => {
      const outcome = parse({ choices: [{ ...choice, logprobs: { content } }] });
      return outcome !== undefined && 'completion' in outcome ? outcome.completion.logprobs : 'no answer';
    };
    const token = { token: 'a', logprob: -1 };
    assert.deepEqual(logprobsOf([{ ...token, top_logprobs: [token, { token: 'b' }, 3] }, token]), [
      { ...token, top: [token] },
      { ...token, top: [] },
    ]);
    assert.equal(logprobsOf([token, { token: 'b' }]), null);
    assert.equal(logprobsOf('x'), null);
  });
});
