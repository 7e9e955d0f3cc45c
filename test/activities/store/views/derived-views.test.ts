import assert from 'node:assert/strict';
import { CRITERIA } from '../../../../configs/settings/criteria.ts';
import {
  DERIVED_VIEWS,
  ofEachCriterion,
  readViewSql,
} from '../../../../activities/store/views/derived-views.ts';

describe('the views made of tables', () => {
  it('have a part for each criterion, with commas or plus signs between', () => {
    const numbers = CRITERIA.map((name) => name.replace('criteria_', ''));
    assert.equal(
      ofEachCriterion('select {{ a.criteria_# as n# }}, b'),
      `select ${numbers.map((number) => `a.criteria_${number} as n${number}`).join(', ')}, b`,
    );
    assert.equal(
      ofEachCriterion('({{+ (c#\n is null) }})'),
      `(${numbers.map((n) => `(c${n}\n is null)`).join(' + ')})`,
    );
  });

  it('leave no part unwritten', async () => {
    for (const view of DERIVED_VIEWS) assert.doesNotMatch(await readViewSql(view), /\{\{|#/u, view);
  });
});
