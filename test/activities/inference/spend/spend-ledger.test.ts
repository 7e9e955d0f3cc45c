import assert from 'node:assert/strict';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Budget } from '../../../../configs/settings/types.ts';
import type { Account } from '../../../../activities/inference/model-client.ts';
import { createSpendLedger, openLedger } from '../../../../activities/inference/spend/spend-ledger.ts';
import { amountOf, spendOf, sumSpend, type Spend } from '../../../../activities/inference/spend/spend.ts';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import { ledgerFolder } from '../../../../activities/store/paths.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { withTemporaryRoot } from '../../store/temporary-root.ts';

const spend = (promptTokens: number, completionTokens: number): Spend =>
  spendOf({ promptTokens, completionTokens }, { prompt: 1e6, completion: 2e6 });

const ledgerAt = (root: string) => createSpendLedger({ backend: openBackend(root), log: silentLog });

/** What is on disk, once it is as much as is expected. */
async function written(root: string, calls: number): Promise<Spend> {
  for (;;) {
    const { total } = openLedger(openBackend(root), 'run');
    if (total.calls >= calls) return total;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function isRefused(account: Account): boolean {
  try {
    account.begin();
    return false;
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && 'retryable' in error);
    assert.deepEqual([error.code, error.retryable], ['BUDGET_REACHED', false]);
    return true;
  }
}

describe('the ledger of what runs spend', () => {
  it('sums what every process has spent, by role and endpoint (L1)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            process: fc.nat(2),
            role: fc.constantFrom('main_model', 'validator_1'),
            endpoint: fc.constantFrom('http://a/v1', 'http://b/v1'),
            prompt: fc.nat(1000),
            completion: fc.nat(1000),
          }),
          { maxLength: 40 },
        ),
        (calls) =>
          withTemporaryRoot(async (root) => {
            const accounts = [0, 1, 2].map(() => ledgerAt(root).account('run'));
            for (const { process, role, endpoint, prompt, completion } of calls) {
              accounts[process]?.begin();
              accounts[process]?.end(role, endpoint, spend(prompt, completion));
            }
            await written(root, calls.length);
            const { total, entries } = openLedger(openBackend(root), 'run');
            assert.deepEqual(total, sumSpend(calls.map((call) => spend(call.prompt, call.completion))));
            for (const { role, endpoint, calls: count } of entries.values()) {
              const own = calls.filter((call) => call.role === role && call.endpoint === endpoint);
              assert.equal(count, own.length);
            }
          }),
      ),
      { numRuns: 20 },
    ));

  it('lets a process begin as many calls as are left, those under way included (L3)', () =>
    withTemporaryRoot(async (root) => {
      const account = ledgerAt(root).account('run', { calls: 3 });
      assert.deepEqual(
        [1, 2, 3, 4].map(() => isRefused(account)),
        [false, false, false, true],
      );
      account.end('main_model', 'embedded', undefined);
      assert.equal(isRefused(account), false, 'a call without an answer leaves its place to another');
      for (const tokens of [1, 2, 3]) account.end('main_model', 'embedded', spend(tokens, 0));
      assert.equal(isRefused(account), true);
      assert.equal(isRefused(ledgerAt(root).account('other', { calls: 3 })), false);
      await written(root, 3);
    }));

  it('is one for all accounts of a run in a process, also before anything is written', () =>
    withTemporaryRoot(async (root) => {
      const ledger = ledgerAt(root);
      const [one, other] = [ledger.account('run', { calls: 2 }), ledger.account('run', { calls: 2 })];
      assert.deepEqual([isRefused(one), isRefused(other), isRefused(one)], [false, false, true]);
      one.end('main_model', 'embedded', spend(1, 0));
      other.end('main_model', 'embedded', spend(1, 0));
      assert.deepEqual([isRefused(one), isRefused(other)], [true, true]);
      assert.equal(isRefused(ledger.account('run', { calls: 3 })), false);
      await written(root, 2);
    }));

  it('knows what processes before it have spent, and goes on with a larger budget', () =>
    withTemporaryRoot(async (root) => {
      const before = ledgerAt(root).account('run');
      for (let call = 0; call < 5; call += 1) {
        before.begin();
        before.end('main_model', 'embedded', spend(10, 20));
      }
      await written(root, 5);
      const after = ledgerAt(root);
      const cases: readonly (readonly [Budget, boolean])[] = [
        [{ calls: 5 }, true],
        [{ calls: 6 }, false],
        [{ tokens: 150 }, true],
        [{ tokens: 151 }, false],
        [{ money: 250 }, true],
        [{ money: 250.5, calls: 100 }, false],
        [{ money: 1000, calls: 5 }, true],
      ];
      for (const [budget, refused] of cases) {
        const account = after.account('run', budget);
        assert.equal(isRefused(account), refused, JSON.stringify(budget));
        if (!refused) account.end('main_model', 'embedded', undefined);
      }
    }));

  it('is passed by no more than the calls under way, with several processes at once (L3)', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 }), (lanes, calls) =>
        withTemporaryRoot(async (root) => {
          const tokensOfCall = 10;
          let ended = 0;
          const budget = { tokens: calls * tokensOfCall };
          const work = async (account: Account): Promise<void> => {
            while (!isRefused(account)) {
              await new Promise((resolve) => setImmediate(resolve));
              account.end('main_model', 'embedded', spend(tokensOfCall, 0));
              ended += 1;
              // A call ends for the others when they can read of it.
              await written(root, ended);
            }
          };
          const accounts = [0, 1].map(() => ledgerAt(root).account('run', budget));
          await Promise.all(
            accounts.flatMap((account) => Array.from({ length: lanes }, () => work(account))),
          );
          const total = amountOf(await written(root, calls), 'tokens');
          const underWay = 2 * lanes;
          assert.ok(
            total >= budget.tokens && total <= budget.tokens + underWay * tokensOfCall,
            String(total),
          );
        }),
      ),
      { numRuns: 10 },
    ));

  it('counts a line only once it is whole', () =>
    withTemporaryRoot(async (root) => {
      const account = ledgerAt(root).account('run');
      account.begin();
      account.end('main_model', 'embedded', spend(1, 1));
      await written(root, 1);
      const directory = join(root, ledgerFolder('run'));
      const [file = ''] = readdirSync(directory);
      const reader = openLedger(openBackend(root), 'run');
      const line = `${JSON.stringify({ role: 'main_model', endpoint: 'é', ...spend(5, 5) })}\n`;
      appendFileSync(join(directory, file), line.slice(0, 30));
      reader.refresh();
      assert.equal(reader.total.calls, 1);
      appendFileSync(join(directory, file), line.slice(30));
      reader.refresh();
      assert.deepEqual([reader.total.calls, reader.total.promptTokens], [2, 6]);
    }));
});
