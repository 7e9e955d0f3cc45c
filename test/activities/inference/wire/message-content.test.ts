import assert from 'node:assert/strict';
import { parseMessage } from '../../../../activities/inference/wire/message-content.ts';

describe('parseMessage', () => {
  it('tells an answer from a refusal, wherever a server puts it', () => {
    assert.deepEqual(parseMessage({ content: 'Rain falls.' }), {
      text: 'Rain falls.',
      thinking: null,
      refusal: null,
      callsTools: false,
    });
    assert.equal(parseMessage({ content: null, refusal: 'No.' })?.refusal, 'No.');
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'refusal', refusal: 'Not that.' },
    ];
    assert.deepEqual(
      [parseMessage({ content: parts })?.text, parseMessage({ content: parts })?.refusal],
      ['a', 'Not that.'],
    );
  });

  it('keeps thoughts apart that stand in a field and in the content, too', () => {
    const both = (content: string): unknown => {
      const { text, thinking } = parseMessage({ content, reasoning_content: 'a' }) ?? {};
      return [text, thinking];
    };
    assert.deepEqual(both('<think>b</think>\n\nHi'), ['Hi', 'a\nb']);
    assert.deepEqual(both('<think>\n\n</think>\n\nHi'), ['Hi', 'a']);
    assert.deepEqual(both('\n</think>\n\nHi'), ['Hi', 'a']);
    assert.deepEqual(both('It ends with\n</think>\nand goes on.'), [
      'It ends with\n</think>\nand goes on.',
      'a',
    ]);
    assert.deepEqual(both('[1, 2]'), ['[1, 2]', 'a']);
  });

  it('finds thoughts in blocks', () => {
    const blocks = [{ type: 'thinking', thinking: 'a' }];
    assert.equal(parseMessage({ content: 'Hi', thinking_blocks: blocks })?.thinking, 'a');
  });

  it('sees calls of tools, and none in an empty list of them', () => {
    assert.equal(parseMessage({ content: '', tool_calls: [{}] })?.callsTools, true);
    assert.equal(parseMessage({ content: '', function_call: { name: 'f' } })?.callsTools, true);
    assert.equal(parseMessage({ content: '', tool_calls: [] })?.callsTools, false);
  });

  it('is none for what is no message', () => {
    assert.equal(parseMessage({ content: 5 }), undefined);
  });
});
