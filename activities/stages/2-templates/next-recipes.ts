/**
 * The search for a template: which recipes are tried next, from how those tried so far fared. Evolution with a Pareto front, after
 * GEPA (Agrawal et al. 2025, arXiv 2507.19457): a parent is drawn from the recipes that are best for some prompt, and one thing of
 * it is changed, or it is merged with another; examples are drawn from the prompts that went wrong. Pure.
 */
import { shuffle } from '../../randomness/random.ts';
import { estimateTokens } from '../../inference/wire/token-counts.ts';
import { groupBy } from '../../statistics/group-by.ts';
import {
  FRAMES,
  LABEL_PLACES,
  MOST_EXAMPLES,
  PLAIN,
  renderRecipe,
  type Example,
  type Ingredients,
  type Recipe,
} from './recipe.ts';

/** A recipe that was tried. */
export interface TriedRecipe {
  readonly recipe: Recipe;
  /** Its score on each training prompt that was answered, by index. */
  readonly scores: ReadonlyMap<number, number>;
}

/** What the search is to be besides. */
export interface SearchOptions {
  /** false = recipes are drawn without regard to how others fared. Default true. */
  readonly feedback?: boolean;
  /** Recipes with instructions that were written for this round: they come first. Default: none. */
  readonly written?: readonly Recipe[];
  /** Tokens of a template without its columns, as far as they can be told by its length. Default: any number. */
  readonly maxTokens?: number;
}

/** Draws that bring nothing new before the search is taken to be at its end. */
const MOST_DRAWS = 200;

/**
 * So many recipes as none was tried, or fewer where there are no more.
 */
export function nextRecipes(
  tried: readonly TriedRecipe[],
  ingredients: Ingredients,
  count: number,
  random: () => number,
  { feedback = true, written = [], maxTokens = Infinity }: SearchOptions = {},
): Recipe[] {
  const known = new Set([PLAIN, ...tried.map(({ recipe }) => recipe)].map(keyOf));
  const made: Recipe[] = [];
  const add = (recipe: Recipe): void => {
    const able = withinLimit(withinMeans(recipe, ingredients), ingredients, maxTokens);
    if (able === undefined || made.length >= count || known.has(keyOf(able))) return;
    known.add(keyOf(able));
    made.push(able);
  };
  written.forEach(add);
  const breeds = feedback && tried.length > 0;
  if (feedback && !breeds) firstRecipes(ingredients, random).forEach(add);
  for (let draws = 0; made.length < count && draws < MOST_DRAWS; draws += 1)
    add(breeds ? bred(tried, ingredients, random) : randomRecipe(ingredients, random));
  return made;
}

function keyOf({ frame, labels, alone, examples, instruction }: Recipe): string {
  return JSON.stringify([frame, labels, alone, examples, instruction]);
}

/** Without what there is nothing for. Examples need marks by which request and answer are told apart. */
function withinMeans(recipe: Recipe, { labels }: Ingredients): Recipe {
  const named = labels.length === 0 ? { ...recipe, labels: 'none' as const } : recipe;
  return named.examples.length > 0 && named.frame === 'plain' ? { ...named, frame: 'question' } : named;
}

/** With fewer examples where it is too long, then without its instruction; undefined where it is too long even so. */
function withinLimit(recipe: Recipe, ingredients: Ingredients, maxTokens: number): Recipe | undefined {
  if (estimateTokens(renderRecipe(recipe, ingredients)) <= maxTokens) return recipe;
  const { examples, instruction, ...rest } = recipe;
  if (examples.length > 0)
    return withinLimit({ ...recipe, examples: examples.slice(0, -1) }, ingredients, maxTokens);
  return instruction === undefined ? undefined : withinLimit({ ...rest, examples }, ingredients, maxTokens);
}

/** One of each kind, before anything is known. */
function firstRecipes({ examples }: Ingredients, random: () => number): Recipe[] {
  const few = balanced(examples, 2, random);
  const more = balanced(examples, 4, random);
  return [
    { ...PLAIN, frame: 'question', examples: more },
    { ...PLAIN, labels: 'after', alone: true },
    { ...PLAIN, frame: 'input', labels: 'before', examples: more },
    { ...PLAIN, frame: 'question' },
    { ...PLAIN, alone: true },
    { ...PLAIN, labels: 'after' },
    { ...PLAIN, frame: 'question', labels: 'before', alone: true, examples: few },
    { ...PLAIN, frame: 'input', labels: 'after' },
  ];
}

function randomRecipe({ examples }: Ingredients, random: () => number): Recipe {
  return {
    frame: pick(FRAMES, random),
    labels: pick(LABEL_PLACES, random),
    alone: random() < 0.5,
    examples: balanced(examples, Math.floor(random() * (MOST_EXAMPLES + 1)), random),
  };
}

function bred(tried: readonly TriedRecipe[], ingredients: Ingredients, random: () => number): Recipe {
  const front = paretoFront(tried);
  const parent = pick(front, random);
  const [first, second] = [parent.recipe, pick(front, random).recipe];
  const { instruction } = second;
  const changes = [
    (): Recipe => ({ ...first, frame: pick(FRAMES, random) }),
    (): Recipe => ({ ...first, labels: pick(LABEL_PLACES, random) }),
    (): Recipe => ({ ...first, alone: !first.alone }),
    (): Recipe => ({
      ...first,
      examples: second.examples,
      labels: pick([first.labels, second.labels], random),
    }),
    // Twice as likely as any other: nothing else helps as often.
    (): Recipe => ({ ...first, examples: learnedExamples(parent, ingredients.examples, random) }),
    (): Recipe => ({ ...first, examples: learnedExamples(parent, ingredients.examples, random) }),
    ...(instruction === undefined || instruction === first.instruction
      ? []
      : [(): Recipe => ({ ...first, instruction })]),
  ];
  return pick(changes, random)();
}

/** As many as the parent has, or one or two more: first of the prompts that it got wrong, the others to balance what is expected. */
function learnedExamples(
  { recipe, scores }: TriedRecipe,
  examples: readonly Example[],
  random: () => number,
): readonly number[] {
  const count = Math.min(MOST_EXAMPLES, Math.max(2, recipe.examples.length + Math.floor(random() * 3)));
  const most = Math.max(...scores.values());
  const wrong = examples.filter(({ basePromptIdx }) => (scores.get(basePromptIdx) ?? most) < most);
  const kept = balanced(wrong, Math.ceil(count / 2), random);
  const others = examples.filter(({ basePromptIdx }) => !kept.includes(basePromptIdx));
  return shuffle([...kept, ...balanced(others, count - kept.length, random)], random);
}

/** So many examples, of each thing that is expected about as often. */
function balanced(examples: readonly Example[], count: number, random: () => number): readonly number[] {
  const byExpected = groupBy(shuffle(examples, random), ({ expected }) => expected);
  const groups = shuffle([...byExpected.values()], random);
  const chosen: number[] = [];
  for (let round = 0; chosen.length < count && groups.some((group) => group.length > round); round += 1)
    for (const group of groups) {
      const example = group[round];
      if (example !== undefined && chosen.length < count) chosen.push(example.basePromptIdx);
    }
  return chosen;
}

/** The recipes that are best, or as good as the best, on some prompt: what helps only some prompts is not lost. */
export function paretoFront(tried: readonly TriedRecipe[]): readonly TriedRecipe[] {
  const best = new Map<number, number>();
  for (const { scores } of tried)
    for (const [index, score] of scores) best.set(index, Math.max(best.get(index) ?? -Infinity, score));
  const wins = tried.map((one) => ({
    one,
    count: [...one.scores].filter(([index, score]) => score === best.get(index)).length,
  }));
  const most = Math.max(...wins.map(({ count }) => count));
  // One that is best for half as many prompts as another is worth going on with; a single one may be luck.
  const front = wins.filter(({ count }) => count > 0 && count * 2 >= most).map(({ one }) => one);
  return front.length > 0 ? front : tried;
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!;
}
