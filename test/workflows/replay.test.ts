import assert from 'node:assert/strict';
import { readHistories, replayHistory, workflowIdOf } from '../support/histories.ts';

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
  this.timeout(120_000);

  it('replay with the interpreter of today', async () => {
    const histories = await readHistories();
    assert.ok(histories.size >= 5, `${histories.size} histories`);
    for (const history of histories.values()) await replayHistory(history, workflowIdOf(history));
  });

  it('would show a change in behaviour: a history with another activity id does not replay', async () => {
    const histories = await readHistories();
    const history = renameActivity(histories.get('diamond'), 'top', 'other');
    await assert.rejects(replayHistory(history, workflowIdOf(history)), {
      name: 'DeterminismViolationError',
    });
  });
});
