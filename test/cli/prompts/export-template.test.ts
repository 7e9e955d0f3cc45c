import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { exportTemplate, type RunOfTemplate } from '../../../cli/prompts/export-template.ts';

const template = 'Say "kind" of {%ticket%}\u202e:\n{{input}} (by {{answer}}, {{class}})';
const run: RunOfTemplate = {
  mainModelInput: '=== system ===\nBe short.\n\n=== user ===\nAbout {{ fields.context }}\n{{prompt}}\n',
  model: 'clerk',
  inputs: [
    { input: 'A {{fee}}: "x"', answer: 'ada', class: 1, context: 'shop', expected: 'billing' },
    { input: 'file:///etc/passwd', answer: '', class: 2, context: '' },
  ],
};
const written = (form: Parameters<typeof exportTemplate>[2]): Promise<string> =>
  exportTemplate('template-1', template, form, () => Promise.resolve(run));

describe('a template as other tools read it', () => {
  it('is itself as plain text, and asks for nothing of its run', async () => {
    const text = await exportTemplate('template-1', template, 'text', () => assert.fail('asked'));
    assert.equal(text, `${template}\n`);
  });

  it('stands in the messages that the main model was sent', async () => {
    assert.deepEqual(JSON.parse(await written('messages')), [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: `About {{context}}\n${template}` },
    ]);
  });

  it('is a config of promptfoo with the held-out inputs as tests', async () => {
    const config = parse(await written('promptfoo'));
    const [system, user] = JSON.parse(config.prompts[0].raw);
    assert.equal(system.content, 'Be short.');
    assert.match(user.content, /^\{% raw %\}|^About \{\{ context \}\}/u);
    assert.match(user.content, /\{% raw %\}.*\{%ticket%\}/su);
    assert.match(user.content, /\{\{ input \}\}/u);
    assert.deepEqual(config.providers, ['openai:chat:clerk']);
    assert.deepEqual(config.tests[0].vars, {
      context: 'shop',
      input: '{% raw %}A {{fee}}: "x"{% endraw %}',
      answer: 'ada',
      class: '1',
    });
    assert.deepEqual(config.tests[0].assert, [{ type: 'icontains', value: 'billing' }]);
    assert.equal(config.tests[1].vars.input, '{% raw %}file:///etc/passwd{% endraw %}');
    assert.equal(config.tests[1].assert, undefined);
  });

  it('gives no field of DSPy a name that signatures have by themselves, and Python no half sign', async () => {
    const names = ['model_config', 'copy', 'instructions', 'with', '2nd'];
    const columns = `\ud800 ${names.map((name) => `{{${name}}}`).join(' ')}`;
    const source = await exportTemplate('template-1', columns, 'dspy', () => assert.fail('asked'));
    assert.ok(source.includes('"\ufffd {field'), source);
    for (const name of names) assert.ok(source.includes(`"field_${name}": (str, dspy.InputField(`), name);
  });

  it('is a signature of DSPy whose fields are names of Python, apart from its output', async () => {
    const source = await written('dspy');
    assert.match(source, /"input": \(str, dspy\.InputField\(desc="input"\)\)/u);
    assert.match(source, /"answer_2": \(str, dspy\.InputField\(desc="answer"\)\)/u);
    assert.match(source, /"field_class": \(str, dspy\.InputField\(desc="class"\)\)/u);
    assert.match(source, /"answer": \(str, dspy\.OutputField\(\)\)/u);
    assert.ok(
      source.includes('"Say \\"kind\\" of {%ticket%}\\u202e:\\n{input} (by {answer_2}, {field_class})"'),
    );
  });
});
