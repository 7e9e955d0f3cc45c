import assert from 'node:assert/strict';
import { joinEvents } from '../../../../activities/inference/wire/event-stream.ts';

const stream = (...chunks: readonly object[]): string =>
  `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;
const delta = (message: object, rest: object = {}): object => ({
  model: 'm',
  choices: [{ delta: message, ...rest }],
});

const choicesOf = (
  joined: ReturnType<typeof joinEvents>,
): readonly { message?: unknown; error?: unknown }[] =>
  (joined?.['choices'] ?? []) as { message?: unknown; error?: unknown }[];

describe('joinEvents', () => {
  it('joins the texts of a stream, and takes the last of everything else', () => {
    const joined = joinEvents(
      stream(
        delta({ role: 'assistant', content: 'Hel' }, { logprobs: { content: [{ token: 'Hel' }] } }),
        delta({ content: 'lo', calls: 1 }, { logprobs: { content: [{ token: 'lo' }] } }),
        delta({ content: null, calls: 2 }, { finish_reason: 'stop' }),
        { model: 'm', choices: [], usage: { prompt_tokens: 3 } },
      ),
    );
    assert.deepEqual(joined, {
      model: 'm',
      usage: { prompt_tokens: 3 },
      error: null,
      choices: [
        {
          message: { role: 'assistant', content: 'Hello', calls: 2 },
          finish_reason: 'stop',
          logprobs: { content: [{ token: 'Hel' }, { token: 'lo' }] },
          error: null,
        },
      ],
    });
  });

  it('has no finish reason where the stream was cut, and no tokens where none came', () => {
    const cut = joinEvents(`${stream(delta({ content: 'a' })).split('\n')[0]}\ndata: {"choi`);
    assert.deepEqual(cut?.['choices'], [
      { message: { content: 'a' }, finish_reason: null, logprobs: null, error: null },
    ]);
  });

  it('reads any line ends, comments and whole messages', () => {
    const chunk = JSON.stringify({ choices: [{ message: { content: 'a' } }] });
    for (const text of [
      `: hello\r\ndata: ${chunk}\r\n`,
      `event: x\rdata:${chunk}\r`,
      `\n data: x\ndata: ${chunk}`,
    ])
      assert.deepEqual(choicesOf(joinEvents(text))[0]?.message, { content: 'a' }, text);
  });

  it('keeps what went wrong', () => {
    const joined = joinEvents(stream({ error: { message: 'no' } }, delta({}, { error: 'broken' })));
    assert.deepEqual(joined?.['error'], { message: 'no' });
    assert.equal(choicesOf(joined)[0]?.error, 'broken');
  });

  it('is for streams alone', () => {
    for (const text of ['', '{"a": 1}', 'hello', 'data: [DONE]\n', 'data: 1\n', ': nothing\n'])
      assert.equal(joinEvents(text), undefined, text);
  });
});
