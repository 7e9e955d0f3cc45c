/**
 * The criteria of the rubric: its headings, keys of a validator's answer, columns of the score tables. Types, lists and columns
 * follow from here, and the SQL of activities; the views in activities/store/views/ name them one by one. Durable. Pure.
 */
export const CRITERIA = ['criteria_1', 'criteria_2', 'criteria_3', 'criteria_4', 'criteria_5'] as const;
export type Criterion = (typeof CRITERIA)[number];
