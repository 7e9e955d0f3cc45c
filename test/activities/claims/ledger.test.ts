import assert from 'node:assert/strict';
import { findStandingClaim, openClaim, readClaims, recordLook } from '../../../activities/claims/ledger.ts';
import { nextLevel } from '../../../activities/statistics/error-budget.ts';
import { withContext } from '../general/general-context.ts';

const claim = { version: 'first', over: '', looks: 3 };
const look = { version: 'first', p: 0.1, outcome: 'open' } as const;

describe('the ledger of claims', () => {
  it('opens a claim of a run once, and gives every other the next error level', () =>
    withContext(async ({ store }) => {
      const first = await openClaim(store, 'a', { ...claim, id: 'run-1' });
      assert.deepEqual(await openClaim(store, 'a', { ...claim, id: 'run-1', looks: 9 }), first);
      const second = await openClaim(store, 'a', { ...claim, id: 'run-2' });
      assert.equal(second.level, nextLevel([{ level: first.level, isProven: false }]));
      const other = await openClaim(store, 'b', { ...claim, id: 'run-3' });
      assert.equal(other.level, first.level);
    }));

  it('counts the look of an attempt that is made again once', () =>
    withContext(async ({ store }) => {
      await openClaim(store, 'a', { ...claim, id: 'run-1' });
      await recordLook(store, 'a', 'run-1', { ...look, run: 'run-1' });
      const again = await recordLook(store, 'a', 'run-1', { ...look, run: 'run-1', p: 0.1 });
      assert.deepEqual(again.taken, [{ run: 'run-1', p: 0.1 }]);
      const later = await recordLook(store, 'a', 'run-1', { ...look, run: 'run-2', outcome: 'proven' });
      assert.deepEqual([later.taken.length, later.outcome], [2, 'proven']);
    }));

  it('keeps every claim of runs that open theirs at the same time', () =>
    withContext(async ({ store }) => {
      const ids = Array.from({ length: 20 }, (_, index) => `run-${index}`);
      await Promise.all(ids.map((id) => openClaim(store, 'a', { ...claim, id })));
      const claims = await readClaims(store, 'a');
      assert.deepEqual(claims.map(({ id }) => id).toSorted(), ids.toSorted());
      assert.equal(new Set(claims.map(({ level }) => level)).size, ids.length);
    }));

  it('goes on with a claim that is open, about the champion of now, and has a look left', () =>
    withContext(async ({ store }) => {
      await openClaim(store, 'a', { ...claim, id: 'run-1' });
      const standing = async (champion: string, run: string): Promise<string | undefined> =>
        findStandingClaim(await readClaims(store, 'a'), { champion, panel: 'judges', run })?.id;
      assert.equal(await standing('', 'run-2'), undefined, 'nobody has looked yet');
      await recordLook(store, 'a', 'run-1', { ...look, run: 'run-1' });
      assert.equal(await standing('', 'run-2'), 'run-1');
      assert.equal(await standing('', 'run-1'), undefined, 'its own');
      assert.equal(await standing('another', 'run-2'), undefined);
      await recordLook(store, 'a', 'run-1', { ...look, run: 'run-2', outcome: 'dropped' });
      assert.equal(await standing('', 'run-3'), undefined);
      assert.equal(await standing('', 'run-2'), 'run-1', 'an attempt that is made again');
    }));

  it('goes on with no claim that another panel has looked at', () =>
    withContext(async ({ store }) => {
      await openClaim(store, 'a', { ...claim, id: 'run-1', panel: 'two checks' });
      await recordLook(store, 'a', 'run-1', { ...look, run: 'run-1' });
      const claims = await readClaims(store, 'a');
      assert.equal(
        findStandingClaim(claims, { champion: '', panel: 'three models', run: 'run-2' }),
        undefined,
      );
      assert.equal(
        findStandingClaim(claims, { champion: '', panel: 'two checks', run: 'run-2' })?.id,
        'run-1',
      );
    }));
});
