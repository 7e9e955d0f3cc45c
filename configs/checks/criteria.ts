/**
 * The criteria of the rubric: its headings, keys of a validator's answer, columns of the score tables. Types, lists, columns and SQL
 * follow from here. Durable. Pure.
 */
export const CRITERIA = ['criteria_1', 'criteria_2', 'criteria_3', 'criteria_4', 'criteria_5'] as const;
export type Criterion = (typeof CRITERIA)[number];
