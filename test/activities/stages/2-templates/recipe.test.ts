import assert from 'node:assert/strict';
import {
  labelsOf,
  PLAIN,
  renderRecipe,
  type Ingredients,
} from '../../../../activities/stages/2-templates/recipe.ts';

const ingredients: Ingredients = {
  template: 'What kind of ticket is this?\n{{input}}\n',
  labels: ['billing', 'shipping'],
  examples: [
    { basePromptIdx: 3, request: 'What kind of ticket is this?\nA fee {{input}}', expected: 'billing' },
    { basePromptIdx: 5, request: 'What kind of ticket is this?\nA parcel', expected: 'shipping' },
  ],
};

describe('the template that a recipe makes', () => {
  it("is the user's own where nothing is added", () => {
    assert.equal(renderRecipe(PLAIN, ingredients), 'What kind of ticket is this?\n{{input}}');
  });

  it('shows examples in their order, marked like the request itself', () => {
    const recipe = { ...PLAIN, frame: 'question', examples: [5, 3] } as const;
    assert.equal(
      renderRecipe(recipe, ingredients),
      [
        'Question: What kind of ticket is this?\nA parcel\nAnswer: shipping',
        'Question: What kind of ticket is this?\nA fee { {input} }\nAnswer: billing',
        'Question: What kind of ticket is this?\n{{input}}\nAnswer:',
      ].join('\n\n'),
    );
  });

  it('puts an instruction first, in which nothing is filled', () => {
    assert.equal(
      renderRecipe({ ...PLAIN, alone: true, instruction: 'Heed {{input}}.' }, ingredients),
      'Heed { {input} }.\n\nGive the answer alone, without any other words.\n\nWhat kind of ticket is this?\n{{input}}',
    );
  });

  it('says which labels there are before or after, and that the answer alone is wanted', () => {
    assert.equal(
      renderRecipe({ ...PLAIN, labels: 'before', alone: true }, ingredients),
      'Answer with one of: billing, shipping. Give the answer alone, without any other words.\n\nWhat kind of ticket is this?\n{{input}}',
    );
    assert.equal(
      renderRecipe({ ...PLAIN, labels: 'after', frame: 'input' }, ingredients),
      'Input: What kind of ticket is this?\n{{input}}\nAnswer with one of: billing, shipping.\nOutput:',
    );
  });
});

describe('the labels of a task', () => {
  it('are what is expected where that is one of a few short texts', () => {
    assert.deepEqual(labelsOf(['b', 'a ', 'a', 'b']), ['a', 'b']);
  });

  it('are none where each prompt expects something of its own, all the same, or a long text', () => {
    for (const expected of [
      ['a', 'b', 'c'],
      ['a', 'a', 'a'],
      ['', 'a', '', 'a'],
      Array.from({ length: 40 }, (_, k) => `${k % 13}`),
      Array.from({ length: 8 }, (_, k) => 'ab'[k % 2]!.repeat(41)),
      [],
    ])
      assert.deepEqual(labelsOf(expected), [], JSON.stringify(expected));
  });
});
