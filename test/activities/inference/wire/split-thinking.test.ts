import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitThinking } from '../../../../activities/inference/wire/split-thinking.ts';

describe('splitThinking', () => {
  const cases: readonly (readonly [what: string, content: string, thinking: string | null, text: string])[] =
    [
      ['thoughts before the answer', '<think>\nWell.\n</think>\n\nHi', 'Well.', 'Hi'],
      ['empty thoughts', '<think>\n\n</think>\n\nHi', null, 'Hi'],
      ['thoughts after white space', ' \n<think>Well.</think>Hi', 'Well.', 'Hi'],
      ['two thoughts in a row', '<think>a</think>\n<think>b</think>Hi', 'a\nb', 'Hi'],
      ['Magistral’s marks', '[THINK]Well.[/THINK]Hi', 'Well.', 'Hi'],
      ['Kimi’s marks', '◁think▷Well.◁/think▷Hi', 'Well.', 'Hi'],
      ['capital marks', '<Think>Well.</THINK>Hi', 'Well.', 'Hi'],
      ['Reka’s marks', '<reasoning>Well.</reasoning>Hi', 'Well.', 'Hi'],
      ['Gemma’s marks', '<|channel>thought\nWell.<channel|>Hi', 'Well.', 'Hi'],
      [
        'Command A’s marks',
        '<|START_THINKING|>Well.<|END_THINKING|><|START_RESPONSE|>Hi<|END_RESPONSE|>',
        'Well.',
        'Hi',
      ],
      ['Apertus’ marks', '<|inner_prefix|>Well.<|inner_suffix|>Hi', 'Well.', 'Hi'],
      [
        'channels of gpt-oss',
        '<|channel|>analysis<|message|>Well.<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{"a": 1}<|return|>',
        'Well.',
        '{"a": 1}',
      ],
      ['channels without a final one', '<|channel|>analysis<|message|>Well', 'Well', ''],
      ['channels whose marks were dropped', 'analysisWell, so.assistantfinalHi', 'Well, so.', 'Hi'],
      ['an answer about channels', 'analysis: see `<|channel|>`.', null, 'analysis: see `<|channel|>`.'],
      ['the closing mark alone', 'Well, so.\n</think>\n\nHi', 'Well, so.', 'Hi'],
      [
        'the closing mark alone before JSON',
        'maybe {"a": 1}</think>\n{"a": 2}',
        'maybe {"a": 1}',
        '{"a": 2}',
      ],
      ['thoughts without end', '<think>Well, so', 'Well, so', ''],
      ['the closing mark at the very end', 'Well, so.</think>', 'Well, so.', ''],
      [
        'JSON whose string has a mark',
        '{"a": "write </think>\\n to end"}',
        null,
        '{"a": "write </think>\\n to end"}',
      ],
      [
        'JSON in a fence whose string has a mark',
        '```json\n{"a": "x </think>\n y"}\n```',
        null,
        '```json\n{"a": "x </think>\n y"}\n```',
      ],
      [
        'thoughts before JSON whose string has a mark',
        '<think>a</think>{"a": "</think>"}',
        'a',
        '{"a": "</think>"}',
      ],
      [
        'thoughts with JSON whose string has a mark',
        '<think>{"a": "</think>"} so</think>Hi',
        '{"a": "</think>"} so',
        'Hi',
      ],
      [
        'a mark that an answer mentions',
        'It ends with `</think>`, then answers.',
        null,
        'It ends with `</think>`, then answers.',
      ],
      [
        'marks that an answer shows',
        'R1 writes:\n<think>\n…\n</think>\nanswer',
        null,
        'R1 writes:\n<think>\n…\n</think>\nanswer',
      ],
      ['other tags', '<b>Hi</b>\n', null, '<b>Hi</b>\n'],
    ];
  for (const [what, content, thinking, text] of cases) {
    it(`tells apart ${what}`, () => {
      assert.deepEqual(splitThinking(content), { thinking, text });
    });
  }

  it('never changes JSON, nor a text without marks', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        const json = JSON.stringify({ value, mark: '</think>\n' });
        assert.deepEqual(splitThinking(json), { thinking: null, text: json });
        assert.deepEqual(splitThinking(text), { thinking: null, text });
      }),
    );
  });

  it('ends soon on megabytes of marks', () => {
    assert.equal(splitThinking('<think>'.repeat(200_000)).text, '');
    assert.equal(splitThinking('</think>{"'.repeat(100_000)).thinking, null);
  });
});
