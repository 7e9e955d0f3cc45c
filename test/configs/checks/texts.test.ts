import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { TEXT_NAMES, checkText, parseText, renderText } from '../../../configs/checks/texts.ts';

describe('texts', () => {
  for (const name of TEXT_NAMES)
    it(`${name}.txt of the project has no problems`, () => {
      const text = readFileSync(new URL(`../../../model_input/${name}.txt`, import.meta.url), 'utf8');
      assert.deepEqual(checkText(name, text, `model_input/${name}.txt`), []);
    });

  it('parseText gives the sections without the blank lines around them', () => {
    const sections = parseText('=== system ===\r\n\r\nBe brief.\r\n\r\n===user===\n{{prompt}}\n\nmore\n');
    assert.deepEqual(
      [...sections],
      [
        ['system', 'Be brief.'],
        ['user', '{{prompt}}\n\nmore'],
      ],
    );
  });

  it('renderText fills placeholders once: those inside values stay', () => {
    assert.equal(renderText('{{a}} and {{ b }}', { a: '{{b}}', b: "$& $1 $'" }), "{{b}} and $& $1 $'");
    fc.assert(fc.property(fc.string(), (value) => renderText('<{{x}}>', { x: value }) === `<${value}>`));
  });

  it('renderText refuses a placeholder without a value', () => {
    assert.throws(() => renderText('{{a}}', {}), RangeError);
    assert.throws(() => renderText('{{constructor}}', {}), RangeError);
  });
});
