import assert from 'node:assert/strict';
import { groupSettlement, valueOfGroup } from '../../../workflows/tasks/group-settlement.ts';
import { cancelled, failed, succeeded, type Settlement } from '../../../workflows/state/settlement.ts';

const skipped: Settlement = { outcome: 'skipped' };
const blocked: Settlement = { outcome: 'blocked', reason: 'b failed' };
const ended = (...settlements: readonly Settlement[]): ReadonlyMap<string, Settlement> =>
  new Map(settlements.map((settlement, index) => [`t${index}`, settlement]));
const messageOf = (...settlements: readonly Settlement[]): string | undefined =>
  groupSettlement(ended(...settlements))?.failure?.message;

describe('the end of a group', () => {
  it('is no failure where every task succeeded, was skipped, or is tolerated', () => {
    assert.equal(groupSettlement(ended()), undefined);
    assert.equal(groupSettlement(ended(succeeded(1), skipped)), undefined);
    const tolerated = [failed('X', 'm'), blocked].map((one): Settlement => ({ ...one, tolerated: true }));
    assert.equal(groupSettlement(ended(...tolerated)), undefined);
  });

  it('is cancelled where a task was, whatever else failed', () => {
    assert.deepEqual(groupSettlement(ended(failed('X', 'm'), cancelled)), cancelled);
  });

  it('is a failure that names those that failed before those that were blocked', () => {
    const group = groupSettlement(ended(blocked, failed('X', 'why'), succeeded(1)));
    assert.deepEqual([group?.outcome, group?.failure?.type], ['failed', 'GROUP_FAILED']);
    assert.equal(group?.failure?.message, 't1 failed: why; t0 was blocked');
  });

  it('names five of them, and counts the others', () => {
    const five = Array.from({ length: 5 }, () => failed('X', 'm'));
    assert.match(messageOf(...five) ?? '', /t4 failed: m$/u);
    assert.match(messageOf(...five, blocked) ?? '', /t4 failed: m; and 1 more$/u);
    assert.match(messageOf(...five, failed('X', 'm'), blocked) ?? '', /and 2 more$/u);
  });

  it('has the values of its tasks in the order of the definition, null for those without one', () => {
    const settlements = ended(succeeded('a'), skipped, succeeded(0));
    const { value } = valueOfGroup(['t2', 't1', 't0'], settlements);
    assert.equal(JSON.stringify(value), '{"t2":0,"t1":null,"t0":"a"}');
  });

  it('has none where values of its tasks are withheld, but their size', () => {
    const large: Settlement = { outcome: 'succeeded', withheldChars: 30 };
    assert.deepEqual(valueOfGroup(['t0', 't1'], ended(large, { ...large, withheldChars: 12 })), {
      outcome: 'succeeded',
      withheldChars: 42,
    });
  });
});
