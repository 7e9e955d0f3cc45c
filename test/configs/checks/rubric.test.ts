import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseRubric } from '../../../configs/checks/rubric.ts';

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
});
