/**
 * The criteria of a rubric: its headings, keys of a validator's answer, columns of the score tables. A rubric has the first
 * few of them, the seed's five. Types, lists, columns and SQL follow from here, the views in
 * activities/store/views/ too. Durable. Pure.
 */
export const CRITERIA = [
  'criteria_1',
  'criteria_2',
  'criteria_3',
  'criteria_4',
  'criteria_5',
  'criteria_6',
  'criteria_7',
  'criteria_8',
  'criteria_9',
  'criteria_10',
  'criteria_11',
  'criteria_12',
] as const;
export type Criterion = (typeof CRITERIA)[number];

/** The ends of the scale on which each criterion is scored. Durable. */
export const LEAST_SCORE = 1;
export const GREATEST_SCORE = 5;

/** Criteria that a row of scores has which does not say how many: one of a version that knew but five. Durable. */
export const FIRST_COUNT = 5;
