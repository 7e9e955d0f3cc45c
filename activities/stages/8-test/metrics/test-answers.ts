import { CRITERIA, FIRST_COUNT } from '../../../../configs/settings/criteria.ts';
import type { TestAnswer } from './arm-metrics.ts';
import { countWords } from '../../../wording/words.ts';
import type { Row } from '../../../store/tables.ts';

/** The column `scores` of a query that groups `test_answers` by answer: lists of a validator, how many criteria it went by, and its scores. */
export const SCORES_OF_ANSWER = `to_json(list([validator, criteria_count, ${CRITERIA.join(', ')}] order by validator)) as scores`;

/**
 * One answer of the test from a row with `base_prompt_idx`, `topic`, `arm`, `model_output` and `scores`.
 *
 * @param trusted the validators that are believed; what another one said counts as not said.
 */
export function toTestAnswer(row: Row, trusted: readonly number[]): TestAnswer {
  const sheets = new Map(
    (JSON.parse(String(row['scores'])) as [number, ...(number | null)[]][]).map(
      ([validator, count, ...sheet]) => [validator, sheet.slice(0, count ?? FIRST_COUNT)],
    ),
  );
  const length = Math.max(0, ...[...sheets.values()].map((sheet) => sheet.length));
  return {
    basePromptIdx: Number(row['base_prompt_idx']),
    topic: String(row['topic']),
    arm: String(row['arm']),
    answerWords: countWords(String(row['model_output'] ?? '')),
    scores: Array.from({ length: Math.max(0, ...sheets.keys()) }, (_, index) => {
      const sheet = trusted.includes(index + 1) ? sheets.get(index + 1) : undefined;
      return Array.from({ length }, (_score, criterion) => sheet?.[criterion] ?? null);
    }),
  };
}
