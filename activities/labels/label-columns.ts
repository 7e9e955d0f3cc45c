/** How labels stand in files: the names that the page, the sheet and the reader agree on. Durable. */

/** `criteria`: both answers are scored by each criterion; `pairwise`: the better one is named. */
export type LabelForm = 'criteria' | 'pairwise';

export const LABEL_FORMS: readonly LabelForm[] = ['criteria', 'pairwise'];

/** The better answer, or neither. */
export type Preference = 'a' | 'b' | 'same';

export const PREFERENCES: readonly Preference[] = ['a', 'b', 'same'];

/** Column of the scores of one criterion, such as `Relevance (A)`. */
export function scoreColumn(criterion: string, side: 'A' | 'B'): string {
  return `${criterion} (${side})`;
}

/** The columns that people fill in. */
export function answerColumns(form: LabelForm, criteria: readonly string[]): string[] {
  if (form === 'pairwise') return ['preferred'];
  return criteria.flatMap((name) => [scoreColumn(name, 'A'), scoreColumn(name, 'B')]);
}

/** A pair of answers as people see it: nothing tells which answer is whose. */
export interface ShownPair {
  /** Its id. */
  readonly pair: string;
  /** The untouched prompt, which both answers are to. */
  readonly prompt: string;
  readonly a: string;
  readonly b: string;
}
