import assert from 'node:assert/strict';
import { features, featurize } from '../../../../activities/trainers/ranker/features.ts';

describe('hand-made features', () => {
  // Models that were trained weigh them by name: what one measures may not change under them. In hundredths.
  const measured: readonly (readonly [base: string, prompt: string, { readonly [name: string]: number }])[] =
    [
      ['Tell me about bread.', 'Tell me about bread.', { length: 161, imperative: 100 }],
      [
        'Tell me about bread.',
        'You are an expert baker. Explain step by step how bread is made, with two examples, in at most 3 sentences. Please avoid jargon!',
        {
          length: 322,
          overlong: 41,
          sentences: 110,
          steps: 100,
          audience: 100,
          examples: 100,
          length_bound: 100,
          limits: 100,
          plain_language: 100,
          politeness: 100,
          role_play: 100,
          exclamations: 69,
          numbers: 69,
          new_content: 240,
        },
      ],
      [
        'Tell me about bread and how it is made at home by people who bake',
        'Bread?',
        { length: 69, shortened: 271, questions: 69, lost_content: 80 },
      ],
      [
        '',
        'WRITE NOW!!! maybe something like that, or whatever - it is urgent, do it immediately. I think this is very very important; thanks',
        {
          length: 314,
          overlong: 170,
          sentences: 110,
          imperative: 100,
          vague_words: 139,
          politeness: 100,
          pressure: 100,
          shouting: 69,
          exclamations: 139,
          new_content: 230,
        },
      ],
      [
        'Plan a trip',
        '- Plan a trip for a beginner\n- Give a table of costs\n1. List three options, compare them and say why.\nFirst think about the goal, then answer. Use headings. For example: "a week in Rome" (5 days, 200 euros).',
        {
          length: 369,
          overlong: 118,
          sentences: 161,
          steps: 100,
          format: 100,
          list_layout: 139,
          audience: 100,
          examples: 100,
          reasons: 100,
          alternatives: 100,
          numbers: 139,
          new_content: 300,
        },
      ],
    ];
  for (const [base, prompt, expected] of measured)
    it(`of '${prompt.slice(0, 30).replaceAll('\n', ' ')}' are what they were when models were trained`, () => {
      const vector = featurize(base, prompt, 16);
      const found = features.flatMap(({ name }, index) => {
        const value = vector.get(index) ?? 0;
        return value === 0 ? [] : [[name, Math.round(100 * value)]];
      });
      assert.deepEqual(Object.fromEntries(found), expected);
    });
});
