import assert from 'node:assert/strict';
import { findInstructionFault } from '../../../../activities/stages/2-templates/instruction-fault.ts';

const sources = {
  text: 'Write one instruction to the assistant. Answer with {"instruction": "…"}, where … is your instruction',
  told: ['Which kind of ticket is this?\n{{input}}', '{"answer":"I think that this is about money"}'],
  template: 'Which kind of ticket is this?\n{{input}}',
  inputs: ['The invoice of May is twice as high as that of April', 'My screen flickers', 'Help!'],
  expected: ['billing', 'technical', 'not a ticket at all'],
  labels: ['billing', 'technical'],
  known: ['Look at what the customer wants done.'],
};
const faultOf = (instruction: string, changed: Partial<typeof sources> = {}) =>
  findInstructionFault(instruction, { ...sources, ...changed });

describe('an instruction that a model wrote', () => {
  it('is used where it says something of its own, which may name the labels and the words of the template', () => {
    for (const text of [
      'Decide by what the customer wants done. Answer with billing or technical alone.',
      'Say which kind of ticket is this: billing where money is the matter, else technical.',
      'Antworte nur mit dem Namen der Abteilung, die sich darum kümmern soll.',
      '先判断客户想要什么，再只回答类别名称。',
    ])
      assert.equal(faultOf(text), undefined, text);
  });

  it('is refused with why it is none', () => {
    const cases = [
      ['Look at {{input}} first.', 'HAS_PLACEHOLDER'],
      ['Close it with }} please.', 'HAS_PLACEHOLDER'],
      ['your instruction', 'COPIED_INSTRUCTION'],
      ['…', 'COPIED_INSTRUCTION'],
      ['I think that this is about money.', 'COPIED_INSTRUCTION'],
      ['Which kind of ticket is this?', 'COPIED_INSTRUCTION'],
      ['Technical.', 'ANSWERED'],
      ['look at what the customer WANTS done', 'UNCHANGED'],
      ['Where the invoice of May is twice too high, say billing.', 'COPIED_DATA'],
      ['Say technical where my screen flickers badly.', 'COPIED_DATA'],
      ['Or else say that it is not a ticket at all.', 'COPIED_DATA'],
      ['word '.repeat(161), 'TOO_LONG'],
    ] as const;
    for (const [text, fault] of cases) assert.equal(faultOf(text), fault, text);
  });

  it('may say what the template says of the inputs, and what a label says', () => {
    const text = 'Answer not a ticket at all where nothing is asked for.';
    assert.equal(faultOf(text), 'COPIED_DATA');
    assert.equal(faultOf(text, { labels: sources.expected }), undefined);
    assert.equal(faultOf(text, { template: 'Else say: not a ticket at all. {{input}}' }), undefined);
  });
});
