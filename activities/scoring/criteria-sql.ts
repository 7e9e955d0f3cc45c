/** SQL over the criteria of the rubric. */
import { CRITERIA } from '../../configs/settings/criteria.ts';

/** SQL for the sum over all criteria; null where one is missing. @param row alias of the table, if it has one. */
export function criteriaSum(row = ''): string {
  const columns = CRITERIA.map((name) => (row === '' ? name : `${row}.${name}`));
  return `(${columns.join(' + ')})`;
}

/** SQL for a validator's score of an answer: the mean over all criteria; null where one is missing. */
export function criteriaMean(row = ''): string {
  return `${criteriaSum(row)} / ${CRITERIA.length}`;
}
