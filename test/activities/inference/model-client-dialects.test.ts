/** What the client learns from a server's refusals, and where it goes when it is sent elsewhere. */
import assert from 'node:assert/strict';
import type { ModelErrorCode } from '../../../activities/inference/retry-rules.ts';
import { completion, send, startServer, type Handler } from './model-server.ts';
import { failsWith, KEY, withClient } from './with-client.ts';

const refuse =
  (field: string, error: object, status = 400): Handler =>
  ({ body }, response) =>
    field in body ? send(response, status, { error }) : send(response, 200, completion('fine'));

const learned: readonly (readonly [field: string, error: object, instead?: string])[] = [
  [
    'max_tokens',
    {
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      param: 'max_tokens',
      code: 'unsupported_parameter',
    },
    'max_completion_tokens',
  ],
  [
    'temperature',
    {
      message: "Unsupported value: 'temperature' does not support 0.7.",
      param: 'temperature',
      code: 'unsupported_value',
    },
  ],
  ['top_p', { message: '`top_p` is not supported by this model' }],
  ['seed', { message: 'Unrecognized request argument supplied: seed' }, 'random_seed'],
  ['top_p', { message: '`temperature` and `top_p` cannot both be specified for this model.' }],
  ['temperature', { message: '`temperature` may only be set to 1 when thinking is enabled.' }],
  ['top_p', { message: 'Argument not supported on this model: topP' }],
  ['top_p', { message: 'Input validation error: `top_p` must be > 0.0 and < 1.0' }],
  ['top_p', { message: 'Top p must be 1 when using greedy sampling.' }],
  [
    'seed',
    {
      message: 'Provider returned error',
      code: 400,
      metadata: { raw: '{"error":{"message":"Unknown parameter: seed"}}', provider_name: 'Some' },
    },
    'random_seed',
  ],
];

const aboutSystem: readonly (readonly [status: number, message: string])[] = [
  [400, 'System role not supported'],
  [400, 'Conversation roles must alternate user/assistant/user/assistant/...'],
  [400, 'Only user and assistant roles are supported!'],
  [400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."],
  [400, 'Developer instruction is not enabled for models/gemma-3-27b-it'],
  [500, 'Jinja Exception: System role not supported'],
];

describe('createModelClient: what a server refuses', () => {
  for (const [field, error, instead] of learned) {
    it(`is learned once, also of many calls at once, and said once: ${field}, ${JSON.stringify(error).slice(0, 60)}`, () =>
      withClient([refuse(field, error)], async (ask, [server], logged) => {
        await Promise.all(Array.from({ length: 12 }, (_, seed) => ask({ seed })));
        await ask();
        assert.equal(server?.seen.filter(({ body }) => field in body).length, 1);
        assert.equal(server.seen.length, 14);
        if (instead !== undefined) assert(server.seen.slice(1).every(({ body }) => instead in body));
        const said = logged
          .map((line): { field?: string } => JSON.parse(line))
          .filter((line) => line.field === field);
        assert.equal(said.length, 1);
      }));
  }

  for (const [status, message] of aboutSystem) {
    it(`is a system message, whose text then goes before the next one: ${message}`, () =>
      withClient(
        [
          ({ body }, response) =>
            (body['messages'] as { role: string }[]).some(({ role }) => role === 'system')
              ? send(response, status, { error: { message } })
              : send(response, 200, completion('fine')),
        ],
        async (ask, [server]) => {
          const messages = [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Why?' },
            { role: 'assistant', content: 'So.' },
            { role: 'user', content: 'And?' },
          ] as const;
          assert.equal((await ask({ messages })).requests, 2);
          assert.equal((await ask({ messages })).requests, 1);
          assert.deepEqual(server?.seen.at(-1)?.body['messages'], [
            { role: 'user', content: 'Be brief.\n\nWhy?' },
            ...messages.slice(2),
          ]);
        },
      ));
  }

  it('is a field that the server allows to others', () =>
    withClient(
      [refuse('logprobs', { message: 'You are not allowed to request logprobs from this model' }, 403)],
      async (ask) => {
        assert.equal((await ask({ topLogprobs: 5 })).requests, 2);
      },
    ));

  it('is remembered for that model alone', () =>
    withClient([refuse('seed', { message: 'Unknown parameter: seed' })], async (ask, [server]) => {
      await ask();
      await ask({}, { name: 'other' });
      assert.equal(server?.seen.filter(({ body }) => 'seed' in body).length, 2);
    }));

  it('is no value that is out of range: that is the error of the call', () =>
    withClient(
      [refuse('temperature', { message: 'temperature must be at most 1, got 1.5', param: 'temperature' })],
      async (ask, [server]) => {
        await assert.rejects(ask(), failsWith('BAD_REQUEST'));
        assert.equal(server?.seen.length, 1);
      },
    ));

  const sentences: readonly (readonly [who: string, status: number, body: object, code: ModelErrorCode])[] = [
    [
      'llama.cpp',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size',
          type: 'exceed_context_size_error',
        },
      },
      'PROMPT_TOO_LONG',
    ],
    [
      'TGI',
      422,
      {
        error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096',
        error_type: 'validation',
      },
      'PROMPT_TOO_LONG',
    ],
    [
      'Anthropic',
      400,
      { error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
      'PROMPT_TOO_LONG',
    ],
    ['OpenAI', 400, { error: { message: 'The model', code: 'model_not_found' } }, 'NO_SUCH_MODEL'],
    ['OpenRouter', 400, { error: { message: 'a/b is not a valid model ID', code: 400 } }, 'NO_SUCH_MODEL'],
    ['Mistral', 400, { message: 'Invalid model: x', type: 'invalid_model' }, 'NO_SUCH_MODEL'],
    ['Gemini', 400, [{ error: { code: 400, message: 'API key not valid.' } }], 'UNAUTHORIZED'],
    [
      'Anthropic of an empty account',
      400,
      { error: { message: 'Your credit balance is too low to access the API.' } },
      'QUOTA_EXHAUSTED',
    ],
    [
      'a router whose provider refuses',
      400,
      {
        error: {
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"message":"x","code":"context_length_exceeded"}}' },
        },
      },
      'PROMPT_TOO_LONG',
    ],
    ['a proxy', 413, { error: 'too large' }, 'PROMPT_TOO_LONG'],
    [
      'Azure',
      400,
      { error: { message: 'The response was filtered', param: 'prompt', code: 'content_filter' } },
      'PROMPT_FILTERED',
    ],
  ];
  for (const [who, status, body, code] of sentences) {
    it(`is told apart by what ${who} says: ${code}`, () =>
      withClient([(_request, response) => send(response, status, body)], async (ask) => {
        await assert.rejects(ask(), failsWith(code));
      }));
  }

  it('is tried again where it is a lock that was not to be had', () =>
    withClient(
      [(_request, response, index) => send(response, index === 0 ? 409 : 200, completion('fine'))],
      async (ask) => {
        assert.equal((await ask()).requests, 2);
      },
    ));
});

describe('createModelClient: fields of the config', () => {
  it('adds those of request.body, beside the switch for thinking', () =>
    withClient([(_request, response) => send(response, 200, completion('fine'))], async (ask, [server]) => {
      const body = { top_k: 20, chat_template_kwargs: { custom: 1 } };
      await ask({}, {}, { body }, { thinking: false });
      const sent = server?.seen[0]?.body;
      assert.equal(sent?.['top_k'], 20);
      assert.deepEqual(sent['chat_template_kwargs'], { enable_thinking: false, thinking: false, custom: 1 });
      await ask({}, {}, {}, { thinking: 'low' });
      assert.equal(server?.seen[1]?.body['reasoning_effort'], 'low');
    }));
});

describe('createModelClient: redirects', () => {
  const moved =
    (path: string, location: (host: string) => string, status = 307): Handler =>
    (request, response) => {
      if (request.path !== path) send(response, 200, completion('fine'));
      else send(response, status, '', { location: location(String(request.headers.host)) });
    };

  it('are followed on the same host, and remembered', () =>
    withClient([moved('/v1/chat/completions', () => '/v1/chat/completions/')], async (ask, [server]) => {
      assert.equal((await ask()).requests, 2);
      assert.equal((await ask()).requests, 1);
      assert.equal(server?.seen.at(-1)?.path, '/v1/chat/completions/');
      assert.deepEqual(server.seen.at(-1)?.body, server.seen[0]?.body);
    }));

  it('are followed to another port of the host', async () => {
    const target = await startServer((_request, response) => send(response, 200, completion('there')));
    try {
      await withClient(
        [moved('/v1/chat/completions', () => `${target.url}/chat/completions`)],
        async (ask) => {
          assert.equal((await ask()).text, 'there');
        },
      );
    } finally {
      await target.close();
    }
  });

  it('to another host are refused with their target, and nothing is sent there', () =>
    withClient(
      [
        moved(
          '/v1/chat/completions',
          (host) => `http://localhost:${host.split(':')[1]}/elsewhere?key=${KEY}`,
          301,
        ),
      ],
      async (ask, [server]) => {
        await assert.rejects(
          ask({}, { apiKeyEnv: 'MODEL_KEY' }),
          failsWith(
            'BAD_ENDPOINT',
            ({ message }) => message.includes('/elsewhere') && !message.includes(KEY),
          ),
        );
        assert.equal(server?.seen.length, 1);
      },
    ));

  it('in a circle come to an end', () =>
    withClient(
      [(request, response) => send(response, 307, '', { location: `${request.path}x` })],
      async (ask, [server]) => {
        await assert.rejects(ask(), failsWith('BAD_ENDPOINT'));
        assert.equal(server?.seen.length, 4);
      },
    ));
});
