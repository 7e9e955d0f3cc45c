/** The views that are made from tables, by `<name>.sql` in this folder. */
import { readFile } from 'node:fs/promises';
import { CRITERIA } from '../../../configs/settings/criteria.ts';

/** Their names, each after those that it reads. */
export const DERIVED_VIEWS = [
  'score_sheets',
  'prompts',
  'scores_by_variation',
  'variation_scores',
  'approaches',
  'agreement_totals',
  'sentinel_results',
  'validators',
  'validator_correlations',
  'check_results',
  'test_answers',
  'spend',
] as const;

/** The SQL that defines a view. */
export async function readViewSql(view: (typeof DERIVED_VIEWS)[number]): Promise<string> {
  return ofEachCriterion(await readFile(new URL(`${view}.sql`, import.meta.url), 'utf8'));
}

/**
 * SQL in which each `{{ part }}` stands once for every criterion, with commas between, and each `{{+ part }}` with plus signs; `#` is
 * the criterion's number.
 */
export function ofEachCriterion(sql: string): string {
  return sql.replaceAll(/\{\{(\+?) ([^]*?) \}\}/gu, (_, plus: string, part: string) =>
    CRITERIA.map((_name, index) => part.replaceAll('#', String(index + 1))).join(plus === '' ? ', ' : ' + '),
  );
}
