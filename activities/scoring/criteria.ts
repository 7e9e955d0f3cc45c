/** The five criteria of the rubric: columns of the score tables and keys of a validator's answer. Durable. */
export const criteria = ['criteria_1', 'criteria_2', 'criteria_3', 'criteria_4', 'criteria_5'] as const;
export type Criterion = (typeof criteria)[number];
