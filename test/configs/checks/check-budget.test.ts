import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { checkBudget } from '../../../configs/checks/check-budget.ts';
import { loadSettings } from '../../../configs/load.ts';
import type { Settings } from '../../../configs/settings/types.ts';

describe('checkBudget', () => {
  let settings: Settings;
  before(async () => {
    const loaded = await loadSettings(fileURLToPath(new URL('../../..', import.meta.url)));
    assert.ok(loaded.ok);
    settings = loaded.value;
  });
  const findings = (budget: unknown, given = settings): readonly string[] =>
    checkBudget(budget, given).map(({ code, path }) => `${code} ${path}`);

  it('takes any of its parts', () => {
    assert.deepEqual(findings({ calls: 1 }), []);
    assert.deepEqual(findings({ calls: 10, tokens: 2e6, money: 0.5, run: 'parent' }), []);
  });

  for (const [budget, expected] of [
    [7, ['BAD_BUDGET budget']],
    [{}, ['BAD_BUDGET budget']],
    [{ run: 'other' }, ['BAD_BUDGET budget']],
    [{ calls: 0 }, ['BAD_BUDGET budget.calls']],
    [{ calls: 1.5 }, ['BAD_BUDGET budget.calls']],
    [{ tokens: '5' }, ['BAD_BUDGET budget.tokens']],
    [{ money: -1 }, ['BAD_BUDGET budget.money']],
    [{ call: 5, toString: 1 }, ['BAD_BUDGET budget.call', 'BAD_BUDGET budget.toString']],
    [{ calls: 5, run: 3 }, ['BAD_BUDGET budget.run']],
  ] as const) {
    it(`refuses ${JSON.stringify(budget)}`, () => assert.deepEqual(findings(budget), expected));
  }

  it('counts money only where every model that is paid for has a price', () => {
    const { mainModel } = settings;
    const elsewhere = { ...mainModel.model, endpoints: ['https://models.example/v1'] };
    const withModel = (model: typeof mainModel.model): Settings => ({
      ...settings,
      mainModel: { ...mainModel, model },
    });
    assert.deepEqual(findings({ money: 1 }, withModel(elsewhere)), ['NO_PRICE budget.money']);
    const priced = { ...elsewhere, price: { prompt: 1, completion: 2 } };
    assert.deepEqual(findings({ money: 1 }, withModel(priced)), []);
    assert.deepEqual(findings({ calls: 1 }, withModel(elsewhere)), []);
  });
});
