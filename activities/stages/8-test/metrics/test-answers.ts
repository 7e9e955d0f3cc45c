import { CRITERIA } from '../../../../configs/settings/criteria.ts';
import type { TestAnswer } from './arm-metrics.ts';
import { countWords } from '../../../wording/words.ts';
import type { Row } from '../../../store/tables.ts';

/** The column `scores` of a query that groups `test_answers` by answer: lists of a validator and its scores. */
export const SCORES_OF_ANSWER = `to_json(list([validator, ${CRITERIA.join(', ')}] order by validator)) as scores`;

/**
 * One answer of the test from a row with `base_prompt_idx`, `topic`, `arm`, `model_output` and `scores`.
 *
 * @param trusted the validators that are believed; what another one said counts as not said.
 */
export function toTestAnswer(row: Row, trusted: readonly number[]): TestAnswer {
  const sheets = new Map(
    (JSON.parse(String(row['scores'])) as [number, ...(number | null)[]][]).map(([validator, ...sheet]) => [
      validator,
      sheet,
    ]),
  );
  return {
    basePromptIdx: Number(row['base_prompt_idx']),
    topic: String(row['topic']),
    arm: String(row['arm']),
    answerWords: countWords(String(row['model_output'] ?? '')),
    scores: Array.from({ length: Math.max(0, ...sheets.keys()) }, (_, index) => {
      const sheet = trusted.includes(index + 1) ? sheets.get(index + 1) : undefined;
      return CRITERIA.map((_name, criterion) => sheet?.[criterion] ?? null);
    }),
  };
}
