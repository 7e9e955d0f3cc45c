import assert from 'node:assert/strict';
import { within } from '../../../workflows/temporal/gate.ts';
import { Handover } from '../../../workflows/temporal/handover.ts';
import { gate } from '../../support/play.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Handover', () => {
  it('begins nothing more once the execution is long, and is due when what was in flight has ended', async () => {
    let isLong = false;
    const handover = new Handover(() => isLong);
    const release = gate();
    const begun: string[] = [];
    const first = within([handover], () => (begun.push('first'), release.passed));
    await turn();
    isLong = true;
    void within([handover], async () => void begun.push('second'));
    await turn();
    assert.deepEqual([begun, handover.isDue], [['first'], false]);
    release.open();
    await first;
    assert.deepEqual([begun, handover.isDue], [['first'], true]);
  });

  it('is never due while everything may begin', async () => {
    const handover = new Handover(() => false);
    assert.equal(await within([handover], async () => 7), 7);
    assert.equal(handover.isDue, false);
  });

  it('lets what it turned away begin when it is called off, and all that comes after', async () => {
    const handover = new Handover(() => true);
    const turnedAway = within([handover], async () => 'later');
    await turn();
    assert.equal(handover.isDue, true);
    handover.callOff();
    assert.deepEqual([await turnedAway, await within([handover], async () => 'last')], ['later', 'last']);
    assert.equal(handover.isDue, false);
  });
});
