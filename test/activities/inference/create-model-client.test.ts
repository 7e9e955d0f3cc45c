import assert from 'node:assert/strict';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { completion, send, startServer, vllmError, type Handler } from './model-server.ts';
import { failsWith, KEY, withClient } from './with-client.ts';

const schema = { name: 'scores', schema: { type: 'object' } };

describe('createModelClient: requests', () => {
  it('sends the messages, the seed and all of the sampling, and returns the answer', () =>
    withClient([(_request, response) => send(response, 200, completion('Hi ☃'))], async (ask, [server]) => {
      const { seconds, ...answer } = await ask();
      assert(seconds > 0);
      assert.deepEqual(answer, {
        text: 'Hi ☃',
        finishReason: 'stop',
        logprobs: null,
        model: 'served-model',
        endpoint: server?.url,
        thinking: null,
        promptTokens: 11,
        completionTokens: 7,
        thinkingTokens: 0,
        tokensAreEstimated: false,
        requests: 1,
      });
      assert.equal(server?.seen[0]?.path, '/v1/chat/completions');
      assert.equal(server.seen[0].headers.authorization, undefined);
      assert.deepEqual(server.seen[0].body, {
        model: 'main',
        messages: [{ role: 'user', content: 'Hello ü' }],
        temperature: 0.7,
        top_p: 0.9,
        max_tokens: 50,
        seed: 42,
      });
    }));

  it('asks for a schema and log-probabilities, and gives the latter back', () => {
    const content = [
      { token: '4', logprob: -0.1, bytes: [52], top_logprobs: [{ token: '5', logprob: -2.3, bytes: [53] }] },
    ];
    const handler: Handler = (_request, response) =>
      send(response, 200, completion('4', { logprobs: { content } }));
    return withClient([handler], async (ask, [server]) => {
      const { logprobs } = await ask({ schema, topLogprobs: 20 });
      assert.deepEqual(logprobs, [{ token: '4', logprob: -0.1, top: [{ token: '5', logprob: -2.3 }] }]);
      const body = server?.seen[0]?.body;
      assert.deepEqual(body?.['response_format'], {
        type: 'json_schema',
        json_schema: { name: 'scores', schema: { type: 'object' }, strict: true },
      });
      assert.equal(body['logprobs'], true);
      assert.equal(body['top_logprobs'], 20);
    });
  });

  for (const [feature, field, message] of [
    [
      'response_format',
      'response_format',
      "'response_format' of type 'json_schema' is not supported with this model.",
    ],
    ['logprobs', 'logprobs', 'logprobs are not enabled on this server'],
  ] as const) {
    it(`does without ${feature} where the server refuses it, and remembers that`, () => {
      return withClient(
        [
          ({ body }, response) =>
            field in body
              ? send(response, 400, vllmError(400, message))
              : send(response, 200, completion('plain')),
        ],
        async (ask, [server]) => {
          const first = await ask({ schema, topLogprobs: 5 });
          assert.deepEqual([first.text, first.requests], ['plain', 2]);
          assert.equal((await ask({ schema, topLogprobs: 5 })).requests, 1);
          assert.equal('logprobs' in (server?.seen[2]?.body ?? {}), feature !== 'logprobs');
        },
      );
    });
  }

  it('remembers nothing when leaving a part out did not help', () =>
    withClient(
      [(_request, response) => send(response, 400, vllmError(400, 'logprobs? bad request'))],
      async (ask, [server]) => {
        await assert.rejects(
          ask({ topLogprobs: 5 }),
          failsWith('BAD_REQUEST', (error) => error.requests === 2),
        );
        await assert.rejects(ask({ topLogprobs: 5 }), failsWith('BAD_REQUEST'));
        assert.deepEqual(
          server?.seen.map(({ body }) => 'logprobs' in body),
          [true, false, true, false],
        );
      },
    ));
});

describe('createModelClient: several endpoints', () => {
  it('shares calls out evenly, but for some more to the server that has seen their beginning', () => {
    const held: (() => void)[] = [];
    const hold: Handler = (_request, response) => held.push(() => send(response, 200, completion('held')));
    return withClient([hold, hold], async (ask, servers) => {
      const answers = Array.from({ length: 24 }, () => ask());
      while (held.length < 24) await new Promise((resolve) => setTimeout(resolve, 5));
      const counts = servers.map(({ seen }) => seen.length);
      assert(Math.min(...counts) >= 9, counts.join(' and '));
      held.forEach((release) => release());
      await Promise.all(answers);
    });
  });

  // A client of its own for each beginning: what one has learned of the servers' pace may outweigh the beginning.
  it('sends calls that begin alike to the same server while it is not much fuller', async () => {
    const homes = new Set<number>();
    for (let topic = 0; topic < 12; topic += 1) {
      const held: (() => void)[] = [];
      const hold: Handler = (_request, response) => {
        held.push(() => send(response, 200, completion('ok')));
        if (held.length === 3) held.forEach((release) => release());
      };
      await withClient([hold, hold, hold, hold], async (ask, servers) => {
        const messages = [
          { role: 'system', content: `You know all about topic ${topic}.` },
          { role: 'user', content: 'Go on.' },
        ] as const;
        await Promise.all([1, 2, 3].map((seed) => ask({ messages, seed })));
        const asked = servers.map(({ seen }) => seen.length);
        assert.deepEqual(
          asked.toSorted((one, other) => one - other),
          [0, 0, 0, 3],
        );
        homes.add(asked.indexOf(3));
      });
    }
    assert(homes.size > 1, 'all beginnings have one home');
  });

  it('goes to another server when one fails, and leaves an unreachable one alone', () =>
    withClient([(_request, response) => send(response, 200, completion('ok'))], async (ask, [server]) => {
      const gone = await startServer(() => {});
      await gone.close();
      const endpoints = [gone.url, server?.url ?? ''];
      for (let call = 0; call < 12; call += 1)
        assert.equal((await ask({}, { endpoints })).endpoint, server?.url);
      assert.equal((await ask({}, { endpoints })).requests, 1);
    }));
});

describe('createModelClient: cancellation', () => {
  it('lets many calls share one signal without Node warning of a leak', () =>
    withClient([(_request, response) => send(response, 200, completion('ok'))], async (ask) => {
      const warnings: Error[] = [];
      // Others' warnings, such as of files that another test has left open, may come at any time.
      const keep = (warning: Error): void => {
        if (warning.name === 'MaxListenersExceededWarning') warnings.push(warning);
      };
      process.on('warning', keep);
      const { signal } = new AbortController();
      await Promise.all(Array.from({ length: 30 }, () => ask({ signal })));
      // Warnings come with the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      process.off('warning', keep);
      assert.deepEqual(warnings, []);
    }));

  it('ends the request at the server and throws the reason', () => {
    let closed: Promise<unknown> = Promise.resolve();
    const controller = new AbortController();
    const reason = new Error('run cancelled');
    const hang: Handler = (_request, response) => {
      closed = once(response, 'close');
      controller.abort(reason);
    };
    return withClient([hang], async (ask, [server]) => {
      await assert.rejects(ask({ signal: controller.signal }), (error) => error === reason);
      await closed;
      assert.equal(server?.seen.length, 1);
    });
  });

  it('ends a wait between requests', () => {
    const controller = new AbortController();
    const reason = new Error('run cancelled');
    const later: Handler = (_request, response) => {
      send(response, 429, '{}', { 'retry-after': '60' });
      setTimeout(() => controller.abort(reason), 20);
    };
    return withClient([later], async (ask) => {
      await assert.rejects(
        ask({ signal: controller.signal }, {}, { timeout: '100s' }),
        (error) => error === reason,
      );
    });
  });

  it('sends nothing when it is aborted already', () =>
    withClient([(_request, response) => send(response, 200, completion(''))], async (ask, [server]) => {
      const reason = new Error('over');
      await assert.rejects(ask({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
      assert.equal(server?.seen.length, 0);
    }));
});

describe('createModelClient: API keys', () => {
  it('go into the Authorization header, and into no error or log even if the server repeats them', () => {
    return withClient(
      [
        ({ headers }, response, index) =>
          send(response, index < 2 ? 500 : 401, vllmError(401, `Bad key: ${String(headers.authorization)}`)),
      ],
      async (ask, [server], logged) => {
        const error: unknown = await ask({}, { apiKeyEnv: 'MODEL_KEY' }).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        assert(failsWith('UNAUTHORIZED')(error));
        assert.equal(server?.seen[0]?.headers.authorization, `Bearer ${KEY}`);
        assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), new RegExp(KEY));
        assert.notEqual(logged.length, 0);
        assert.doesNotMatch(logged.join(''), new RegExp(KEY));
      },
    );
  });

  it('in an endpoint URL are shown nowhere', () =>
    withClient([(_request, response) => send(response, 400, '{}')], async (ask, [server]) => {
      const endpoint = (server?.url ?? '').replace('http://', `http://user:${KEY}@`);
      const error: unknown = await ask({}, { endpoints: [`${endpoint}?api-key=${KEY}`] }).catch(
        (failure: unknown) => failure,
      );
      assert(failsWith('BAD_REQUEST', ({ endpoint: shown }) => shown === server?.url)(error));
      assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), new RegExp(KEY));
    }));

  it('that are not set are missed by the name of their variable', () =>
    withClient([() => {}], async (ask, [server]) => {
      await assert.rejects(
        ask({}, { apiKeyEnv: 'OTHER_KEY' }),
        failsWith('NO_API_KEY', ({ message }) => message.includes('OTHER_KEY')),
      );
      assert.equal(server?.seen.length, 0);
    }));
});
