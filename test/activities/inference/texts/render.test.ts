import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { buildMessages } from '../../../../activities/inference/texts/render.ts';

const text =
  '=== system ===\nYou are {{who}}.\n\n=== topics ===\nList {{count}}.\n\n=== assistant ===\nSure.\n';

describe('buildMessages', () => {
  it('makes a message of each section that is named, in that order', () => {
    assert.deepEqual(buildMessages(text, ['system', 'topics', 'assistant'], { who: 'kind', count: '3' }), [
      { role: 'system', content: 'You are kind.' },
      { role: 'user', content: 'List 3.' },
      { role: 'assistant', content: 'Sure.' },
    ]);
    assert.deepEqual(buildMessages(text, ['topics'], { count: '3' }), [{ role: 'user', content: 'List 3.' }]);
  });

  it('puts values in as they are, whatever they contain', () => {
    const count = '{{who}} === user === $& $1 \\n';
    assert.deepEqual(buildMessages(text, ['topics'], { count, who: 'x' }), [
      { role: 'user', content: `List ${count}.` },
    ]);
  });

  it('refuses sections and values that are not there', () => {
    assert.throws(() => buildMessages(text, ['user'], {}), RangeError);
    assert.throws(() => buildMessages(text, ['topics'], {}), RangeError);
    assert.throws(() => buildMessages('=== a ===\n{{toString}}', ['a'], {}), RangeError);
  });

  it("fills the project's own text for the main model", async () => {
    const own = await readFile(
      new URL('../../../../model_input/main_model_input.txt', import.meta.url),
      'utf8',
    );
    const messages = buildMessages(own, ['system', 'user'], { prompt: 'Why?' });
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user'],
    );
    assert.equal(messages[1]?.content, 'Why?');
  });
});
