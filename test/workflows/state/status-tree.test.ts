import assert from 'node:assert/strict';
import type { Task, TaskOutcome } from '../../../definitions/model/types.ts';
import { FailureList, StatusNode } from '../../../workflows/state/status-tree.ts';

const activity: Task = { activity: 'work' };
const group: Task = { tasks: { inner: activity } };

/** State of a task inside a group that ended so without ever running. */
function inner(outcome: TaskOutcome): string | undefined {
  const node = new StatusNode('g', 'g', group);
  node.expect(1);
  node.settle('pending', outcome, 1);
  return node.view().tasks?.[0]?.state;
}

describe('StatusNode', () => {
  it('is pending before anything is known of it', () => {
    assert.equal(new StatusNode('a', 'a', activity).view().state, 'pending');
  });

  it('is running while instances run, and between those that ended and those to come', () => {
    const node = new StatusNode('a', 'a', activity);
    node.expect(2);
    node.start(10);
    assert.equal(node.view().state, 'running');
    node.settle('running', 'succeeded', 20);
    assert.equal(node.view().state, 'running');
    assert.equal(node.view().endedAt, undefined);
    node.start(30);
    node.settle('running', 'succeeded', 40);
    const { state, startedAt, endedAt, counts } = node.view();
    assert.deepEqual([state, startedAt, endedAt, counts.succeeded], ['succeeded', 10, 40, 2]);
  });

  it('shows the worst outcome of its instances with the first reason of it', () => {
    const node = new StatusNode('a', 'a', activity);
    node.expect(4);
    node.settle('pending', 'skipped', 1, 'was skipped');
    node.settle('pending', 'failed', 2, 'first failure');
    node.settle('pending', 'failed', 3, 'second failure');
    node.settle('pending', 'succeeded', 4);
    assert.deepEqual([node.view().state, node.view().reason], ['failed', 'first failure']);
  });

  it('is held when an instance is and none runs', () => {
    const node = new StatusNode('a', 'a', activity);
    node.expect(2);
    node.start(10);
    node.start(10);
    node.suspend('held');
    assert.equal(node.view().state, 'running');
    node.settle('running', 'succeeded', 20);
    assert.deepEqual([node.view().state, node.view().counts.held], ['held', 1]);
    node.release('held');
    assert.equal(node.view().state, 'running');
  });

  it('tells what became of tasks inside a group that never ran', () => {
    assert.deepEqual(
      [inner('skipped'), inner('blocked'), inner('cancelled'), inner('succeeded')],
      ['skipped', 'blocked', 'cancelled', 'skipped'],
    );
  });

  it('names the path in the definition', () => {
    assert.equal(new StatusNode('g', 'outer.g', group).view().tasks?.[0]?.path, 'outer.g.inner');
  });
});

describe('FailureList', () => {
  it('keeps what fails the run, however many were tolerated before', () => {
    const list = new FailureList();
    for (let index = 0; index < 60; index += 1)
      list.add({ task: `each[${index}].a`, state: 'failed', type: 'X', message: '' });
    list.tolerate('each');
    list.add({ task: 'cause', state: 'failed', type: 'X', message: '' });
    assert.equal(list.view().find(({ tolerated }) => tolerated !== true)?.task, 'cause');
  });

  it('keeps the first 50, failures before what they blocked', () => {
    const list = new FailureList();
    for (let index = 0; index < 60; index += 1)
      list.add({ task: `b${index}`, state: 'blocked', type: 'BLOCKED', message: '' });
    list.add({ task: 'cause', state: 'failed', type: 'X', message: '' });
    assert.equal(list.view().length, 50);
    assert.equal(list.view()[0]?.task, 'cause');
  });
});
