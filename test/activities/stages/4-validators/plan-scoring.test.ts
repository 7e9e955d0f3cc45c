import assert from 'node:assert/strict';
import { planScoring, type ScoringOutput } from '../../../../activities/stages/4-validators/plan-scoring.ts';
import type { CheckConfig } from '../../../../configs/settings/checks.ts';
import { hasCode, withContext } from '../../general/general-context.ts';

describe('planScoring', () => {
  async function plan(checks: readonly CheckConfig[]): Promise<ScoringOutput | undefined> {
    let planned: ScoringOutput | undefined;
    await withContext(async (context) => {
      const { settings } = context;
      const validatorModel = { ...settings.validatorModel, checks };
      planned = await planScoring.run(
        { halving: true },
        { ...context, settings: { ...settings, validatorModel } },
      );
    });
    return planned;
  }

  it('says who looks when', async () => {
    const passing = 'select key, output = expected as passed from answers';
    const planned = await plan([{ name: 'same', use: 'criterion', sql: passing }]);
    assert.deepEqual([planned?.checks, planned?.first.includes(1)], [true, true]);
    assert.equal((await plan([]))?.checks, false);
  });

  for (const [what, query] of [
    ['reads what is not there', 'select key, nonsense as score from answers'],
    ['is no SQL', 'select key score from answers wher'],
    ['gives no score', 'select key, output from answers'],
  ] as const) {
    it(`fails, before anything is paid for, where the query of a check ${what}`, () =>
      assert.rejects(plan([{ name: 'broken', use: 'referee', sql: query }]), hasCode('CHECK_FAILED')));
  }
});
