import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkRubric, criteriaOf, parseRubric } from '../../../configs/checks/rubric.ts';
import { CRITERIA } from '../../../configs/settings/criteria.ts';

const text = readFileSync(new URL('../../../model_input/rubric.txt', import.meta.url), 'utf8');

describe('parseRubric', () => {
  it('gives the five criteria in order, each with its name and levels', () => {
    const { criteria } = parseRubric(text);
    assert.deepEqual(
      criteria.map(({ key }) => key),
      ['criteria_1', 'criteria_2', 'criteria_3', 'criteria_4', 'criteria_5'],
    );
    for (const criterion of criteria) {
      assert.ok(criterion.name.length > 0);
      assert.equal(criterion.text.match(/^[1-5] = /gm)?.length, 5);
    }
  });

  it('shows validators no comments', () => {
    assert.ok(text.startsWith('#'));
    assert.ok(parseRubric(text).text.startsWith('criteria_1:'));
  });

  it('takes one to twelve criteria, numbered from 1, and gives them in the order of their numbers', () => {
    const rubric = (numbers: readonly number[]): string =>
      numbers
        .map((n) => `criteria_${n}: C${n}\n${[1, 2, 3, 4, 5].map((level) => `${level} = x`).join('\n')}`)
        .join('\n\n');
    const codes = (...numbers: number[]): string[] =>
      checkRubric(rubric(numbers), 'f').map(({ code }) => code);
    const all = Array.from({ length: 12 }, (_, index) => index + 1);
    for (const count of all) assert.deepEqual(codes(...all.slice(0, count)), []);
    assert.deepEqual(criteriaOf(rubric(all.toReversed())), CRITERIA);
    assert.deepEqual(codes(1, 3), ['MISSING_CRITERION']);
    assert.deepEqual(codes(2), ['MISSING_CRITERION']);
    assert.deepEqual(codes(), ['MISSING_CRITERION']);
    assert.deepEqual(codes(...all, 13), ['UNKNOWN_CRITERION']);
  });
});
