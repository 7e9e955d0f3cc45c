import assert from 'node:assert/strict';
import { readHistories, replayHistory } from '../support/histories.ts';

interface ScheduledEvents {
  readonly events: readonly { readonly activityTaskScheduledEventAttributes?: { activityId: string } }[];
}

function renameActivity(history: unknown, from: string, to: string): unknown {
  for (const { activityTaskScheduledEventAttributes: scheduled } of (history as ScheduledEvents).events) {
    if (scheduled?.activityId === from) scheduled.activityId = to;
  }
  return history;
}

describe('recorded histories (invariant 8)', function () {
  this.timeout(60_000);

  it('replay with the interpreter of today', async () => {
    const histories = await readHistories();
    assert.ok(histories.size >= 5, `${histories.size} histories`);
    for (const [name, history] of histories) await replayHistory(history, `replayed-${name}`);
  });

  it('would show a change in behaviour: a history with another activity id does not replay', async () => {
    const histories = await readHistories();
    const history = renameActivity(histories.get('diamond'), 'top', 'other');
    await assert.rejects(replayHistory(history, 'replayed-changed'), { name: 'DeterminismViolationError' });
  });
});
