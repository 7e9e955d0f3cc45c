import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFault } from '../../../activities/rewriting/find-fault.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';

const text = readFileSync(join(packageRoot, 'model_input/prompt_variation_input.txt'), 'utf8');
const approach = 'Ask for at least one concrete, worked example that shows the point.';
const base = 'How do vaccines protect the body?';
const fault = (rewriting: string, prompt = base): string | undefined =>
  findFault(prompt, rewriting, { text, told: [approach] });

describe('findFault', () => {
  it('finds nothing in a rewriting that asks for the same otherwise', () => {
    for (const rewriting of [
      'How do vaccines protect the body? Give one example.',
      'Explain to a beginner how vaccines protect us.',
      'I am a nurse. Walk me through what a vaccine does in the body, step by step.',
      'vaccines: how do they work in the body',
      'As a curious adult, I would like to know how vaccines protect the body, with the reasons.',
    ])
      assert.equal(fault(rewriting), undefined, rewriting);
    assert.equal(fault('请用简单的话介绍一下火山的形成过程', '请介绍一下火山的形成过程'), undefined);
    assert.equal(fault('Erkläre einem Anfänger, wie Impfungen wirken', 'Wie wirken Impfungen?'), undefined);
  });

  it('finds what was copied from the instruction: placeholders, rules, the approach', () => {
    for (const copy of [
      '…',
      '...',
      'the rewritten request',
      'The rewritten request.',
      'the new request',
      approach,
      'Rewrite it in this way',
    ])
      assert.equal(fault(copy), 'COPIED_INSTRUCTION', copy);
    const rules =
      'Vaccines. The rewritten request must ask for the same thing. Add no facts and do not answer it.';
    assert.equal(fault(rules), 'COPIED_INSTRUCTION');
    assert.equal(
      fault('How do vaccines protect the body? Ask for at least one concrete, worked example.'),
      undefined,
    );
  });

  it('finds the untouched prompt, whatever its case, spaces and last mark', () => {
    for (const same of [base, ' how do vaccines  protect the body', 'HOW DO VACCINES PROTECT THE BODY?!'])
      assert.equal(fault(same), 'UNCHANGED', same);
    assert.equal(fault('请介绍一下火山的形成过程。', '请介绍一下火山的形成过程'), 'UNCHANGED');
  });

  it('finds an answer, and the refusal of one', () => {
    for (const answer of [
      'Vaccines train the immune system: the body makes antibodies, and it remembers them.',
      'Sure! Here is a short explanation of vaccines for you.',
      "I'm sorry, but I cannot help with vaccines.",
      'As an AI, I have no body that a vaccine could protect.',
    ])
      assert.equal(fault(answer), 'ANSWERED', answer);
  });

  it('finds a request for something else', () => {
    assert.equal(fault('Please write a poem about the sea.'), 'LOST_CONTENT');
    assert.equal(fault('写一首关于雨的诗', '请介绍一下火山的形成过程'), 'LOST_CONTENT');
  });
});

describe('the texts that models are sent', () => {
  it('give no phrase that could be copied for an answer', () => {
    for (const name of [
      'base_prompt_input',
      'prompt_variation_input',
      'prompt_optimization_model_input',
      'val_model_input',
    ]) {
      const content = readFileSync(join(packageRoot, 'model_input', `${name}.txt`), 'utf8');
      const forms = content.match(/\{"[^}]*\}/g) ?? [];
      for (const form of forms)
        for (const [, value] of form.matchAll(/(?<=[:[,]\s*)"([^"]*)"(?!\s*:)/g))
          assert.equal(value, '…', form);
      if (name !== 'val_model_input') assert.ok(forms.length > 0, name);
    }
  });
});
