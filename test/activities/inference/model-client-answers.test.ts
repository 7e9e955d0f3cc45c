/** What the client takes for an answer, and what it says of all else that comes with a 200. */
import assert from 'node:assert/strict';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ModelErrorCode } from '../../../activities/inference/retry-rules.ts';
import { completion, send, type Handler } from './model-server.ts';
import { failsWith, withClient } from './with-client.ts';

const always =
  (body: unknown): Handler =>
  (_request, response) =>
    send(response, 200, body);
const message = (fields: object): object => completion('', { message: { role: 'assistant', ...fields } });

describe('createModelClient: answers that are not whole', () => {
  const broken: readonly (readonly [what: string, body: unknown, code: ModelErrorCode, requests: number])[] =
    [
      ['cut off', completion('half', { finish_reason: 'length' }), 'CUT_OFF', 1],
      ['filtered', completion('half', { finish_reason: 'content_filter' }), 'FILTERED', 1],
      ['without finish reason', completion('whole?', { finish_reason: null }), 'UNFINISHED', 1],
      [
        'with a finish reason that nobody knows',
        completion('whole?', { finish_reason: 'banana' }),
        'UNFINISHED',
        1,
      ],
      ['empty', completion(' \n'), 'EMPTY', 1],
      ['null', message({ content: null }), 'EMPTY', 1],
      ['a refusal', message({ content: null, refusal: 'I cannot help.' }), 'REFUSED', 1],
      ['a refusal as a part', message({ content: [{ type: 'refusal', refusal: 'No.' }] }), 'REFUSED', 1],
      [
        'a call of a tool',
        message({ content: null, tool_calls: [{ id: '1', type: 'function' }] }),
        'TOOL_CALL',
        1,
      ],
      ['thinking alone', message({ content: null, reasoning_content: 'Hm.' }), 'ONLY_THINKING', 1],
      ['thinking without end', completion('<think>Hm.'), 'ONLY_THINKING', 1],
      ['thinking that was cut off', completion('<think>Hm.', { finish_reason: 'length' }), 'CUT_OFF', 1],
      [
        'an error in the choice',
        completion('half', { finish_reason: 'error', error: { code: 502, message: 'cut' } }),
        'ANSWER_FAILED',
        2,
      ],
      [
        'an error in the choice that claims to be whole',
        completion('half', { error: { message: 'cut' } }),
        'ANSWER_FAILED',
        2,
      ],
      [
        'an error in the body',
        { error: { message: 'Provider returned error', code: 502 } },
        'ANSWER_FAILED',
        2,
      ],
      ['an error beside an answer', { ...completion('half'), error: 'cut' }, 'ANSWER_FAILED', 2],
      ['a rate limit in the body', { error: { message: 'slow down', code: 429 } }, 'RATE_LIMITED', 2],
      ['a wrong key in the body', { error: { message: 'no auth', code: 401 } }, 'UNAUTHORIZED', 1],
    ];
  for (const [what, body, code, requests] of broken) {
    it(`are errors: ${what}`, () =>
      withClient([always(body)], async (ask, [server]) => {
        await assert.rejects(ask({}, {}, { maxAttempts: 2 }), failsWith(code));
        assert.equal(server?.seen.length, requests);
      }));
  }

  it('are errors: bytes that are no UTF-8', () =>
    withClient(
      [
        (_request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(Buffer.from(JSON.stringify(completion('Caf\u00e9')), 'latin1'));
        },
      ],
      async (ask) => {
        await assert.rejects(ask({}, {}, { maxAttempts: 2 }), failsWith('ANSWER_FAILED'));
      },
    ));

  it('are charged and told to the ledger all the same', () =>
    withClient([always(completion('half', { finish_reason: 'length' }))], async (ask) => {
      const charged: unknown[] = [];
      const account = { begin: () => {}, end: (...args: unknown[]) => void charged.push(args[2]) };
      await assert.rejects(
        ask({ account }),
        failsWith(
          'CUT_OFF',
          ({ answer }) => answer?.completionTokens === 7 && answer.finishReason === 'length',
        ),
      );
      assert.deepEqual(charged, [{ calls: 1, promptTokens: 11, completionTokens: 7, money: 0 }]);
    }));
});

describe('createModelClient: thinking', () => {
  const forms: readonly (readonly [what: string, body: object])[] = [
    ['in marks', completion('<think>Hm.</think>\nHi')],
    ['before a closing mark', completion('Hm.\n</think>\n\nHi')],
    ['in reasoning_content', message({ content: 'Hi', reasoning_content: 'Hm.' })],
    ['in reasoning', message({ content: 'Hi', reasoning: 'Hm.' })],
    [
      'in reasoning_details',
      message({ content: 'Hi', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }),
    ],
    [
      'in parts',
      message({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
          { type: 'text', text: 'Hi' },
        ],
      }),
    ],
  ];
  for (const [what, body] of forms) {
    it(`is no part of the answer, and its tokens are counted: ${what}`, () =>
      withClient([always(body)], async (ask) => {
        const { text, thinking, thinkingTokens } = await ask();
        assert.deepEqual([text, thinking], ['Hi', 'Hm.']);
        assert(thinkingTokens > 0 && thinkingTokens < 7, `${thinkingTokens}`);
      }));
  }

  it('is counted as the server counts it', () =>
    withClient(
      [
        always({
          ...message({ content: 'Hi', reasoning: 'Hm.' }),
          usage: {
            prompt_tokens: 1,
            completion_tokens: 90,
            completion_tokens_details: { reasoning_tokens: 80 },
          },
        }),
      ],
      async (ask) => {
        assert.equal((await ask()).thinkingTokens, 80);
      },
    ));

  it('that a server keeps apart leaves marks in the answer as they are', () =>
    withClient([always(message({ content: 'It writes\n</think>\n', reasoning: 'Hm.' }))], async (ask) => {
      assert.equal((await ask()).text, 'It writes\n</think>\n');
    }));
});

describe('createModelClient: what gateways add to a whole answer', () => {
  for (const error of ['', {}, [], null, false])
    it(`is no error where it is empty: ${JSON.stringify(error)}`, () =>
      withClient([always({ ...completion('Hi'), error })], async (ask) => {
        assert.equal((await ask()).text, 'Hi');
      }));

  it('may be token counts as texts', () =>
    withClient(
      [always({ ...completion('Hi'), usage: { prompt_tokens: '12', completion_tokens: '3' } })],
      async (ask) => {
        const { promptTokens, completionTokens, tokensAreEstimated } = await ask();
        assert.deepEqual([promptTokens, completionTokens, tokensAreEstimated], [12, 3, false]);
      },
    ));
});

describe('createModelClient: answers of odd servers', () => {
  it('are read where a float is none of JSON, and keep the word that says so in a text', () => {
    const top = [{ token: 'b', logprob: 'MINUS' }];
    const odd = completion('NaN and -Infinity: [NaN]', {
      logprobs: { content: [{ token: 'a', logprob: -0.5, top_logprobs: top }] },
    });
    const text = JSON.stringify(odd)
      .replace('"MINUS"', '-Infinity')
      .replace('"logprobs":', '"score":NaN,"logprobs":');
    return withClient([(_request, response) => send(response, 200, text)], async (ask) => {
      const answer = await ask({ topLogprobs: 1 });
      assert.equal(answer.text, 'NaN and -Infinity: [NaN]');
      assert.deepEqual(answer.logprobs, [
        { token: 'a', logprob: -0.5, top: [{ token: 'b', logprob: -1e308 }] },
      ]);
    });
  });

  for (const [coding, pack] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)
    it(`are unpacked: ${coding}`, () =>
      withClient(
        [
          (_request, response) => {
            response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding });
            response.end(pack(JSON.stringify(completion('schön'))));
          },
        ],
        async (ask) => {
          assert.equal((await ask()).text, 'schön');
        },
      ));

  const chunk = (delta: object, others: object = {}): string =>
    `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...others }] })}\n\n`;
  const streaming =
    (events: string): Handler =>
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events);
    };
  const spoken = [
    ': keep-alive\n\n',
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'Hm' }),
    chunk({ reasoning_content: '.' }),
    chunk({ content: 'H' }, { logprobs: { content: [{ token: 'H', logprob: -1, top_logprobs: [] }] } }),
    chunk({ content: 'i' }),
  ];
  const ended = chunk({}, { finish_reason: 'stop' });
  const counted =
    'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\n\ndata: [DONE]\n\n';

  it('are put together where they are streamed, although nobody asked for that', () =>
    withClient([streaming([...spoken, ended, counted].join(''))], async (ask) => {
      const { text, thinking, finishReason, logprobs, promptTokens, completionTokens, model } = await ask();
      assert.deepEqual([text, thinking, finishReason, model], ['Hi', 'Hm.', 'stop', 'm']);
      assert.deepEqual([promptTokens, completionTokens], [9, 4]);
      assert.deepEqual(logprobs, [{ token: 'H', logprob: -1, top: [] }]);
    }));

  it('are missing where the stream ends early, or with an error', async () => {
    await withClient([streaming(spoken.join(''))], (ask) => assert.rejects(ask(), failsWith('UNFINISHED')));
    const error = 'data: {"error":{"message":"gone","code":400}}\n\n';
    await withClient([streaming([...spoken, error].join(''))], (ask) =>
      assert.rejects(ask(), failsWith('BAD_REQUEST')),
    );
  });

  it('that are rate limits with a 200 are tried again as such', () =>
    withClient(
      [
        (_request, response, index) =>
          send(
            response,
            200,
            index === 0 ? { error: { message: 'Slow down', code: 'rate_limit_exceeded' } } : completion('Hi'),
          ),
      ],
      async (ask, _servers, logged) => {
        assert.equal((await ask()).requests, 2);
        assert(logged.some((line) => line.includes('RATE_LIMITED')));
      },
    ));
});

describe('createModelClient: tokens that a server does not count', () => {
  for (const usage of [null, undefined, {}, { prompt_tokens: 0, completion_tokens: 0 }, 'many']) {
    it(`are estimated, marked, charged, and said once: ${JSON.stringify(usage)}`, () =>
      withClient([always({ ...completion('Hello there, you'), usage })], async (ask, _servers, logged) => {
        const charged: number[] = [];
        const account = {
          begin: () => {},
          end: (
            _role: unknown,
            _endpoint: unknown,
            spend?: { promptTokens: number; completionTokens: number },
          ) => void charged.push(Number(spend?.promptTokens), Number(spend?.completionTokens)),
        };
        const answer = await ask({ account });
        assert.equal((await ask({ account })).tokensAreEstimated, true);
        assert.deepEqual(charged.slice(0, 2), [answer.promptTokens, answer.completionTokens]);
        assert(
          charged.every((count) => count > 0),
          charged.join(),
        );
        assert.equal(logged.filter((line) => line.includes('estimated')).length, 1);
      }));
  }

  const tokenizers: readonly (readonly [who: string, field: string, answer: (words: string[]) => unknown])[] =
    [
      ['vLLM', 'prompt', (words) => ({ count: words.length, max_model_len: 10, tokens: words })],
      ['llama.cpp', 'content', (words) => ({ tokens: words.map((_, id) => id) })],
      ['TGI', 'inputs', (words) => words.map((text, id) => ({ id, text, start: 0, stop: 1 }))],
    ];
  for (const [who, field, answer] of tokenizers) {
    it(`are counted by the tokenizer of ${who}, whole or cut off`, () =>
      withClient(
        [
          ({ path, body }, response, index) =>
            path === '/tokenize'
              ? send(response, 200, answer(String(body[field]).split(' ')))
              : send(response, 200, {
                  ...completion('<think>a b c</think>d e', {
                    finish_reason: index === 0 ? 'stop' : 'length',
                  }),
                  usage: null,
                }),
        ],
        async (ask, _servers, logged) => {
          const messages = [{ role: 'user', content: 'one two three' }] as const;
          const whole = await ask({ messages });
          const { promptTokens, completionTokens, thinkingTokens, tokensAreEstimated } = whole;
          assert.deepEqual([promptTokens, completionTokens, tokensAreEstimated], [3 + 4, 4, false]);
          assert(thinkingTokens > 0 && thinkingTokens < 4);
          await assert.rejects(
            ask({ messages }),
            failsWith('CUT_OFF', ({ answer: cut }) => cut?.completionTokens === 4 && !cut.tokensAreEstimated),
          );
          assert(!logged.some((line) => line.includes('estimated')));
        },
      ));
  }

  it('are asked of a server without a tokenizer once', () =>
    withClient(
      [
        ({ path }, response) =>
          path === '/tokenize'
            ? send(response, 404, 'Not Found')
            : send(response, 200, { ...completion('Hi'), usage: null }),
      ],
      async (ask, [server]) => {
        await ask();
        await ask();
        await ask();
        assert.equal(server?.seen.filter(({ path }) => path === '/tokenize').length, 2);
      },
    ));
});
