import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  TEXT_NAMES,
  checkText,
  fieldsNamedIn,
  parseText,
  renderText,
} from '../../../configs/checks/texts.ts';

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

  it('may name columns of the prompts file where a model is to see them, and nowhere else', () => {
    const text = '=== system ===\nHelp.\n=== user ===\n{{fields.context}}\n{{prompt}} {{ fields.my column }}';
    assert.deepEqual(checkText('main_model_input', text, 'f'), []);
    assert.deepEqual(fieldsNamedIn(text), ['context', 'my column']);
    const codes = (name: 'main_model_input' | 'prompt_variation_input', user: string): string[] =>
      checkText(name, `=== system ===\nx\n=== user ===\n${user}`, 'f').map(({ code }) => code);
    assert.deepEqual(codes('main_model_input', '{{prompt}} {{context}}'), ['UNKNOWN_PLACEHOLDER']);
    assert.deepEqual(codes('main_model_input', '{{prompt}} {{fields.}}'), ['UNKNOWN_PLACEHOLDER']);
    assert.deepEqual(codes('prompt_variation_input', '{{base_prompt}} {{approach}} {{fields.expected}}'), [
      'UNKNOWN_PLACEHOLDER',
    ]);
  });

  it('may lack the section that only a search with instructions sends, but nothing that it needs', () => {
    const url = new URL('../../../model_input/prompt_optimization_model_input.txt', import.meta.url);
    const [older = '', instruction = ''] = readFileSync(url, 'utf8').split('=== instruction ===');
    const check = (text: string): string[] =>
      checkText('prompt_optimization_model_input', text, 'f').map(({ code }) => code);
    assert.deepEqual(check(older), []);
    assert.deepEqual(check(`${older}=== instruction ===${instruction.replace('{{failures}}', '')}`), [
      'MISSING_PLACEHOLDER',
    ]);
  });

  it('renderText refuses a placeholder without a value', () => {
    assert.throws(() => renderText('{{a}}', {}), RangeError);
    assert.throws(() => renderText('{{constructor}}', {}), RangeError);
  });
});
