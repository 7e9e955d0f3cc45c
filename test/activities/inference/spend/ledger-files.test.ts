import assert from 'node:assert/strict';
import { LedgerFiles, type LedgerEntry } from '../../../../activities/inference/spend/ledger-files.ts';

const entry = (changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  role: 'mainModel',
  endpoint: 'local',
  calls: 1,
  promptTokens: 20,
  completionTokens: 3,
  money: 0.5,
  ...changes,
});

describe('the files of a ledger', () => {
  it('are added up, in all and by role and endpoint, as they grow', () => {
    const lines = [entry(), entry({ calls: 2 }), entry({ endpoint: 'other' }), entry({ role: 'judge' })].map(
      (one) => JSON.stringify(one),
    );
    const ledger = new LedgerFiles({ lines: () => lines.splice(0, 2) });
    ledger.refresh();
    assert.deepEqual(ledger.total, { calls: 3, promptTokens: 40, completionTokens: 6, money: 1 });
    ledger.refresh();
    ledger.refresh();
    assert.deepEqual(ledger.total, { calls: 5, promptTokens: 80, completionTokens: 12, money: 2 });
    assert.deepEqual(
      [...ledger.entries.values()],
      [
        entry({ calls: 3, promptTokens: 40, completionTokens: 6, money: 1 }),
        entry({ endpoint: 'other' }),
        entry({ role: 'judge' }),
      ],
    );
  });

  it('are read past lines that were cut, or are of something else', () => {
    const whole = JSON.stringify(entry());
    const wrong = (['role', 'endpoint', 'calls', 'promptTokens', 'completionTokens', 'money'] as const).map(
      (field) => {
        const { [field]: _, ...rest } = entry();
        return JSON.stringify(rest);
      },
    );
    const ledger = new LedgerFiles({ lines: () => [whole.slice(0, 20), '', '1', ...wrong, whole] });
    ledger.refresh();
    assert.deepEqual(ledger.total.calls, 1);
    assert.equal(ledger.entries.size, 1);
  });
});
