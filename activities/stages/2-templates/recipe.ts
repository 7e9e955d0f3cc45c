/** What a template for a task is put together of, around the template that its user has written. Pure. */
import { asLiteral } from '../../imports/fill-columns.ts';

/** How request and answer are marked. */
export const FRAMES = ['plain', 'question', 'input'] as const;
/** Where the labels that there are stand, if anywhere. */
export const LABEL_PLACES = ['none', 'before', 'after'] as const;
/** Worked examples at the most: each is read by the model with every request. */
export const MOST_EXAMPLES = 6;

/** Durable: in the table `prompt_templates`. */
export interface Recipe {
  readonly frame: (typeof FRAMES)[number];
  readonly labels: (typeof LABEL_PLACES)[number];
  /** Whether the answer alone is asked for. */
  readonly alone: boolean;
  /** Training prompts that are shown with what was expected of them, by their index, in this order. */
  readonly examples: readonly number[];
  /** What a model wrote to stand before all else; left out where none did. */
  readonly instruction?: string;
}

/** A training prompt that may be shown. */
export interface Example {
  readonly basePromptIdx: number;
  /** The user's template, filled. */
  readonly request: string;
  readonly expected: string;
}

export interface Ingredients {
  /** As its user wrote it, with its `{{columns}}`. */
  readonly template: string;
  /** What may be expected, where that is one of a few texts; else empty. */
  readonly labels: readonly string[];
  readonly examples: readonly Example[];
}

export const PLAIN: Recipe = { frame: 'plain', labels: 'none', alone: false, examples: [] };

const MARKS = {
  plain: { request: '', answer: '' },
  question: { request: 'Question: ', answer: '\nAnswer:' },
  input: { request: 'Input: ', answer: '\nOutput:' },
} as const;

/** The template that a recipe makes; the plain one is the user's own. */
export function renderRecipe(recipe: Recipe, { template, labels, examples }: Ingredients): string {
  const shown = recipe.examples.flatMap((index) => examples.filter((one) => one.basePromptIdx === index));
  const marks = MARKS[recipe.frame];
  const choice = `Answer with one of: ${labels.join(', ')}.`;
  const hasLabels = labels.length > 0;
  const head = [
    ...(recipe.labels === 'before' && hasLabels ? [choice] : []),
    ...(recipe.alone ? ['Give the answer alone, without any other words.'] : []),
  ];
  const after = recipe.labels === 'after' && hasLabels ? `\n${choice}` : '';
  return [
    ...(recipe.instruction === undefined ? [] : [asLiteral(recipe.instruction)]),
    ...(head.length > 0 ? [asLiteral(head.join(' '))] : []),
    ...shown.map((one) => asLiteral(`${marks.request}${one.request.trim()}${marks.answer} ${one.expected}`)),
    `${marks.request}${template.trim()}${asLiteral(after)}${marks.answer}`,
  ].join('\n\n');
}

/** Texts that say what an answer may be: at most twelve, short, and each of them of several prompts. */
export function labelsOf(expected: readonly string[]): readonly string[] {
  const labels = [...new Set(expected.map((text) => text.trim()))].toSorted();
  const areFew = labels.length >= 2 && labels.length <= 12 && labels.length * 2 <= expected.length;
  return areFew && labels.every((label) => label !== '' && label.length <= 40) ? labels : [];
}
