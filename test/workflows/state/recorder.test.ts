import assert from 'node:assert/strict';
import type { Task } from '../../../definitions/model/types.ts';
import { noInstances } from '../../support/no-instances.ts';
import type { Instance } from '../../../workflows/state/instance.ts';
import { Outcomes, type OutcomeRecord } from '../../../workflows/state/outcomes.ts';
import { Recorder } from '../../../workflows/state/recorder.ts';
import { FailureList, StatusNode } from '../../../workflows/state/status-tree.ts';

const task: Task = { activity: 'work' };
const group: Task = { tasks: { inner: task } };

/** A recorder whose clock goes on by a millisecond each time that it is looked at, from 100, and an instance to record. */
function recording(record?: OutcomeRecord): {
  readonly recorder: Recorder;
  readonly instance: Instance;
  readonly outcomes: Outcomes;
} {
  let now = 99;
  const outcomes = new Outcomes(record);
  const recorder = new Recorder(outcomes, new FailureList(), () => (now += 1));
  const node = new StatusNode('a', 'a', task);
  node.expect(1);
  return { recorder, outcomes, instance: { path: 'a', node, scope: undefined as never } };
}

describe('Recorder', () => {
  it('writes down that an instance begins, and with which value and when it ends', () => {
    const { recorder, instance, outcomes } = recording();
    assert.equal(recorder.begins('a'), true);
    const startedAt = recorder.begin(instance);
    assert.deepEqual([startedAt, outcomes.opened('a')], [100, { startedAt: 100 }]);
    assert.equal(recorder.begins('a'), false);
    recorder.end(instance, task, { outcome: 'succeeded', value: 7 }, startedAt);
    assert.deepEqual(outcomes.settled('a'), { outcome: 'succeeded', value: 7, startedAt: 100, endedAt: 101 });
    assert.equal(outcomes.opened('a'), undefined);
    assert.deepEqual(instance.node.view().counts, { ...noInstances, succeeded: 1 });
  });

  it('keeps no value of what is made of parts: a group, a loop, its rounds, a list of items', () => {
    for (const parts of [group, { ...task, repeat: { maxRounds: 2 } } satisfies Task]) {
      const { recorder, instance, outcomes } = recording();
      recorder.end(instance, parts, { outcome: 'succeeded', value: 7 }, recorder.begin(instance));
      assert.deepEqual(outcomes.settled('a'), {
        outcome: 'succeeded',
        parts: true,
        startedAt: 100,
        endedAt: 101,
      });
      assert.equal(outcomes.whole('a'), undefined);
    }
    const { recorder, outcomes } = recording();
    recorder.endRound('a@0', group, { outcome: 'failed' });
    recorder.endRound('a@1', task, { outcome: 'succeeded', value: 1 });
    recorder.endItems('b', { outcome: 'succeeded', value: [] });
    assert.deepEqual(outcomes.record().settled, {
      'a@0': { outcome: 'failed', parts: true, endedAt: 100 },
      'a@1': { outcome: 'succeeded', value: 1, endedAt: 101 },
      b: { outcome: 'succeeded', parts: true, endedAt: 102 },
    });
  });

  it('shows again what has ended in an earlier execution, as it was then', () => {
    const failure = { type: 'DOWN', message: 'refused' };
    const { recorder, instance } = recording({
      settled: { a: { outcome: 'failed', failure, startedAt: 3, endedAt: 5, cached: true } },
      open: {},
    });
    assert.deepEqual(recorder.keep(instance), { outcome: 'failed', failure, cached: true });
    const { state, startedAt, endedAt, reason, cached } = instance.node.view();
    assert.deepEqual([state, startedAt, endedAt, reason, cached], ['failed', 3, 5, 'refused', 1]);
    assert.deepEqual(recorder.failures.view(), [{ task: 'a', state: 'failed', ...failure }]);
  });

  it('shows what never ran as such, and keeps nothing that is to be looked into or new', () => {
    const skipped = recording({ settled: { a: { outcome: 'skipped', reason: 'no', endedAt: 5 } }, open: {} });
    assert.deepEqual(skipped.recorder.keep(skipped.instance), { outcome: 'skipped', reason: 'no' });
    assert.deepEqual(skipped.instance.node.view().counts, { ...noInstances, skipped: 1 });
    assert.equal(skipped.instance.node.view().startedAt, undefined);
    const parts = recording({ settled: { a: { outcome: 'failed', parts: true, endedAt: 5 } }, open: {} });
    assert.equal(parts.recorder.keep(parts.instance), undefined);
    assert.equal(recording().recorder.keep(recording().instance), undefined);
  });

  it('goes on with what an earlier execution has begun, since when that was', () => {
    const open = recording({ settled: {}, open: { a: { startedAt: 4 } } });
    assert.equal(open.recorder.begins('a'), false);
    assert.equal(open.recorder.begin(open.instance), 4);
    const again = recording({ settled: {}, open: { a: { startedAt: 4, resumes: {} } } });
    assert.equal(again.recorder.begins('a'), true);
    assert.equal(again.recorder.begin(again.instance), 4);
    assert.deepEqual(again.outcomes.opened('a'), { startedAt: 4, resumes: {} });
    const ended = recording({ settled: { a: { outcome: 'failed', parts: true, endedAt: 9 } }, open: {} });
    assert.equal(ended.recorder.begins('a'), false);
    ended.recorder.end(ended.instance, group, { outcome: 'failed' }, ended.recorder.begin(ended.instance));
    assert.equal(ended.outcomes.settled('a')?.endedAt, 9);
  });

  it('lists what was blocked, as tolerated where it is, and nothing that was skipped', () => {
    const { recorder, instance, outcomes } = recording();
    instance.node.expect(2);
    recorder.pass(instance, { outcome: 'blocked', reason: 'b failed' });
    assert.deepEqual(recorder.failures.view(), [
      { task: 'a', state: 'blocked', type: 'BLOCKED', message: 'b failed' },
    ]);
    assert.equal(instance.node.view().tolerated, undefined);
    recorder.pass(instance, { outcome: 'skipped', reason: 'no' });
    assert.equal(recorder.failures.view().length, 1);
    recorder.pass(instance, { outcome: 'blocked', tolerated: true });
    assert.equal(recorder.failures.view()[1]?.tolerated, true);
    assert.equal(instance.node.view().tolerated, true);
    assert.deepEqual(outcomes.settled('a'), { outcome: 'blocked', tolerated: true, endedAt: 100 });
  });

  it('lists the failure of what might have run and did not', () => {
    const { recorder, instance, outcomes } = recording();
    const failure = { type: 'EXPRESSION_ERROR', message: 'no such key' };
    recorder.endEarly(instance, { outcome: 'failed', failure });
    assert.deepEqual(recorder.failures.view(), [{ task: 'a', state: 'failed', ...failure }]);
    assert.deepEqual(outcomes.settled('a'), { outcome: 'failed', failure, endedAt: 100 });
    assert.equal(instance.node.view().reason, 'no such key');
  });
});
