/** SQL over the criteria of a row of scores: those of the rubric that it was scored by. */
import { CRITERIA, FIRST_COUNT } from '../../configs/settings/criteria.ts';

/** SQL for how many criteria a row has been scored by. @param row alias of the table, if it has one. */
function criteriaCount(row: string): string {
  return `coalesce(${row}criteria_count, ${FIRST_COUNT})`;
}

/** SQL for the sum over all criteria; null where one is missing. @param row alias of the table, if it has one. */
export function criteriaSum(row = ''): string {
  const of = row === '' ? '' : `${row}.`;
  const there = CRITERIA.map((name) => `(${of}${name} is not null)::integer`).join(' + ');
  const sum = CRITERIA.map((name) => `coalesce(${of}${name}, 0)`).join(' + ');
  return `(case when ${there} = ${criteriaCount(of)} then ${sum} end)`;
}

/** SQL for a validator's score of an answer: the mean over all criteria; null where one is missing. */
export function criteriaMean(row = ''): string {
  return `${criteriaSum(row)} / ${criteriaCount(row === '' ? '' : `${row}.`)}`;
}
