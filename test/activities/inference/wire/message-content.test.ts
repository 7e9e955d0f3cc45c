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

  it('sees calls of tools, and none in an empty list of them', () => {
    assert.equal(parseMessage({ content: '', tool_calls: [{}] })?.callsTools, true);
    assert.equal(parseMessage({ content: '', function_call: { name: 'f' } })?.callsTools, true);
    assert.equal(parseMessage({ content: '', tool_calls: [] })?.callsTools, false);
  });

  it('is none for what is no message', () => {
    assert.equal(parseMessage({ content: 5 }), undefined);
  });
});
