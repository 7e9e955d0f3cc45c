import assert from 'node:assert/strict';
import fc from 'fast-check';
import { estimateTokens } from '../../../../activities/inference/wire/token-counts.ts';
import { createRandom } from '../../../../activities/randomness/random.ts';
import {
  nextRecipes,
  paretoFront,
  type TriedRecipe,
} from '../../../../activities/stages/2-templates/next-recipes.ts';
import {
  MOST_EXAMPLES,
  PLAIN,
  renderRecipe,
  type Ingredients,
  type Recipe,
} from '../../../../activities/stages/2-templates/recipe.ts';

const ingredients: Ingredients = {
  template: 'Which? {{input}}',
  labels: ['a', 'b'],
  examples: Array.from({ length: 12 }, (_, k) => ({
    basePromptIdx: k,
    request: `Which? input ${k}`,
    expected: k % 2 === 0 ? 'a' : 'b',
  })),
};
const tried = (recipe: Recipe, score: (index: number) => number): TriedRecipe => ({
  recipe,
  scores: new Map(ingredients.examples.map(({ basePromptIdx: index }) => [index, score(index)])),
});

describe('the search for a template', () => {
  it('proposes only what is new, within what there is, and the same for the same seed (law)', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (seed, count, feedback, hasLabels, hasExamples) => {
          const own = {
            ...ingredients,
            labels: hasLabels ? ingredients.labels : [],
            examples: hasExamples ? ingredients.examples : [],
          };
          const before = nextRecipes([], own, 3, createRandom(seed), { feedback }).map((recipe, k) =>
            tried(recipe, (index) => ((index + k) % 2) * 4 + 1),
          );
          const next = nextRecipes(before, own, count, createRandom(seed), { feedback });
          assert.deepEqual(nextRecipes(before, own, count, createRandom(seed), { feedback }), next);
          assert.ok(next.length <= count);
          const all = [PLAIN, ...before.map(({ recipe }) => recipe), ...next].map((one) =>
            JSON.stringify(one),
          );
          assert.equal(new Set(all).size, all.length);
          for (const recipe of next) {
            assert.equal(new Set(recipe.examples).size, recipe.examples.length);
            assert.ok(
              recipe.examples.length <= MOST_EXAMPLES && (hasExamples || recipe.examples.length === 0),
            );
            assert.ok(recipe.examples.length === 0 || recipe.frame !== 'plain');
            assert.ok(hasLabels || recipe.labels === 'none');
            assert.equal(renderRecipe(recipe, own).match(/\{\{input\}\}/g)?.length, 1);
          }
        },
      ),
    );
  });

  it('tries instructions first, and keeps within the length: examples go first, then the instruction (law)', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 200 }),
        fc.string({ minLength: 1, maxLength: 400 }),
        (seed, maxTokens, instruction) => {
          const whole = { ...PLAIN, frame: 'question', examples: [0, 1, 2], instruction } as const;
          const next = nextRecipes([tried(PLAIN, () => 1)], ingredients, 4, createRandom(seed), {
            written: [whole],
            maxTokens,
          });
          for (const recipe of next)
            assert.ok(estimateTokens(renderRecipe(recipe, ingredients)) <= maxTokens);
          const bare = { ...PLAIN, frame: 'question', examples: [], instruction } as const;
          if (estimateTokens(renderRecipe(bare, ingredients)) <= maxTokens) {
            assert.equal(next[0]?.instruction, instruction);
            assert.deepEqual(next[0].examples, whole.examples.slice(0, next[0].examples.length));
          } else assert.ok(next.every((recipe) => recipe.instruction === undefined));
        },
      ),
    );
  });

  it('hands a good instruction on to the other good templates', () => {
    const instruction = 'Look at the first word.';
    const one = tried({ ...PLAIN, instruction }, () => 5);
    const other = tried({ ...PLAIN, frame: 'question', labels: 'after' }, () => 5);
    const merged = Array.from({ length: 100 }, (_, seed) =>
      nextRecipes([one, other], ingredients, 3, createRandom(seed)),
    ).flat();
    assert.ok(merged.some((recipe) => recipe.instruction === instruction && recipe.frame === 'question'));
  });

  it('ends where there is nothing left to propose', () => {
    const bare: Ingredients = { template: '{{input}}', labels: [], examples: [] };
    const all = nextRecipes([], bare, 64, createRandom(1));
    assert.ok(all.length > 0 && all.length < 64);
    const known = all.map((recipe) => tried(recipe, () => 1));
    assert.deepEqual(nextRecipes(known, bare, 64, createRandom(2)), []);
  });

  it('goes on with what is best for some prompts, and drops what is best for hardly any', () => {
    const left = tried({ ...PLAIN, alone: true }, (index) => (index < 6 ? 5 : 1));
    const right = tried({ ...PLAIN, labels: 'after' }, (index) => (index < 6 ? 1 : 5));
    const lucky = tried({ ...PLAIN, labels: 'before' }, (index) => (index === 0 ? 5 : 1));
    assert.deepEqual(paretoFront([left, lucky, right]), [left, right]);
    const nothing = tried(PLAIN, () => 1);
    assert.deepEqual(paretoFront([nothing]), [nothing]);
  });

  it('draws examples from the prompts that went wrong more often than from the others', () => {
    const parent = tried({ ...PLAIN, frame: 'question' }, (index) => (index >= 10 ? 1 : 5));
    const drawn = Array.from({ length: 200 }, (_, seed) =>
      nextRecipes([parent], ingredients, 1, createRandom(seed)).flatMap(({ examples }) => examples),
    ).flat();
    const wrong = drawn.filter((index) => index >= 10).length;
    assert.ok(wrong / drawn.length > 0.4, `${wrong} of ${drawn.length}`);
  });
});
