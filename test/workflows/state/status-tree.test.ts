import assert from 'node:assert/strict';
import fc from 'fast-check';
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

  it('waits when an instance does and none runs or is held, and is held before that', () => {
    const node = new StatusNode('a', 'a', activity);
    node.expect(2);
    node.start(10);
    node.suspend('waiting');
    assert.equal(node.view().state, 'waiting');
    node.start(10);
    assert.equal(node.view().state, 'running');
    node.suspend('held');
    assert.equal(node.view().state, 'held');
    node.release('held');
    node.settle('running', 'succeeded', 20);
    assert.equal(node.view().state, 'waiting');
    node.release('waiting');
    node.settle('running', 'succeeded', 30);
    assert.equal(node.view().state, 'succeeded');
  });

  it('tells what became of tasks inside a group that never ran', () => {
    assert.deepEqual(
      [inner('skipped'), inner('blocked'), inner('cancelled'), inner('succeeded')],
      ['skipped', 'blocked', 'cancelled', 'skipped'],
    );
  });

  it('shows of instances that ended elsewhere what it would show had they ended here', () => {
    const ends = fc.record({
      outcome: fc.constantFrom<TaskOutcome>('failed', 'blocked', 'cancelled', 'succeeded', 'skipped'),
      isStarted: fc.boolean(),
      isCached: fc.boolean(),
      at: fc.nat(100),
      reason: fc.option(fc.constantFrom('one', 'other'), { nil: undefined }),
    });
    type Life = typeof ends extends fc.Arbitrary<infer End> ? End : never;
    const live = (node: StatusNode, lives: readonly Life[]): void => {
      for (const { outcome, isStarted, isCached, at, reason } of lives) {
        if (isStarted) node.start(at);
        if (isCached) node.countCached();
        node.settle(isStarted ? 'running' : 'pending', outcome, at + 1, reason);
      }
    };
    fc.assert(
      fc.property(
        fc.array(ends),
        fc.array(ends),
        fc.nat(3),
        fc.boolean(),
        (own, inside, forgiven, isTolerated) => {
          const there = new StatusNode('g', 'g', group);
          there.expect(own.length);
          live(there, own);
          there.child('inner').expect(inside.length);
          live(there.child('inner'), inside);
          if (forgiven > 0) there.forgive(forgiven);
          if (isTolerated) there.tolerate();
          const here = new StatusNode('g', 'g', group);
          here.expect(own.length);
          here.child('inner').expect(inside.length);
          here.absorb(there.view());
          // Of the instances inside, the slice that ends with those around them has told before.
          const expected = there.view();
          const { tasks: innerThere, ...rest } = expected;
          const { tasks: innerHere, ...found } = here.view();
          assert.deepEqual(found, rest);
          for (const [index, { counts, startedAt, reason, cached }] of (innerThere ?? []).entries()) {
            const one = innerHere?.[index];
            assert.deepEqual(
              [one?.counts.failed, one?.counts.succeeded, one?.startedAt, one?.reason, one?.cached],
              [counts.failed, counts.succeeded, startedAt, reason, cached],
            );
          }
        },
      ),
    );
  });

  it('shows instances that run elsewhere as running until they are told to have ended', () => {
    const there = new StatusNode('a', 'a', activity);
    there.expect(2);
    there.start(5);
    there.settle('running', 'succeeded', 6);
    there.settle('pending', 'failed', 7, 'because');
    const here = new StatusNode('a', 'a', activity);
    here.expect(4);
    here.start(1);
    here.absorb(there.view(), 1);
    const { counts, state, startedAt, reason } = here.view();
    assert.deepEqual(
      [counts.pending, counts.running, counts.succeeded, counts.failed, state, startedAt, reason],
      [2, 0, 1, 1, 'running', 1, 'because'],
    );
    assert.equal(here.line(), 'running (2 pending, 1 failed, 1 succeeded)');
  });

  it('keeps the first reason of the worst outcome, wherever its instances ended', () => {
    const here = new StatusNode('a', 'a', activity);
    here.expect(4);
    const absorb = (outcome: TaskOutcome, reason: string | undefined): string | undefined => {
      const there = new StatusNode('a', 'a', activity);
      there.expect(1);
      there.settle('pending', outcome, 1, reason);
      here.absorb(there.view());
      return here.view().reason;
    };
    assert.equal(absorb('skipped', 'no need'), 'no need');
    assert.equal(absorb('failed', 'first'), 'first');
    assert.equal(absorb('failed', 'second'), 'first');
    assert.equal(absorb('failed', undefined), 'first');
  });

  it('asks for no task that the definition lacks', () => {
    assert.throws(() => new StatusNode('g', 'g', group).child('other'), /no task 'other'/u);
  });

  it('cuts long reasons, and keeps as good the failures that are forgiven', () => {
    const node = new StatusNode('a', 'a', activity);
    node.expect(2);
    node.settle('pending', 'failed', 1, 'x'.repeat(5_000));
    node.settle('pending', 'failed', 2);
    assert.ok((node.view().reason?.length ?? 0) < 2_100);
    node.forgive(1);
    assert.deepEqual([node.view().state, node.view().forgiven, node.view().tolerated], ['failed', 1, true]);
    node.forgive(1);
    assert.equal(node.view().state, 'succeeded');
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
