import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  ancestorsOf,
  dependentsOf,
  findCycle,
  needsOf,
  topologicalOrder,
} from '../../../definitions/model/graph.ts';
import type { Tasks } from '../../../definitions/model/types.ts';

function tasksOf(needs: { readonly [name: string]: readonly string[] }): Tasks {
  return Object.fromEntries(
    Object.entries(needs).map(([name, list]) => [name, { activity: 'a', needs: list }]),
  );
}

/** Any DAG: each task needs some of those before it; then the tasks are written in another order. */
const dag = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 20 })
  .map((lists) =>
    lists.map((list, index) => [`t${index}`, index === 0 ? [] : list.map((n) => `t${n % index}`)] as const),
  )
  .chain((entries) => fc.shuffledSubarray(entries, { minLength: entries.length }))
  .map((entries) => tasksOf(Object.fromEntries(entries)));

describe('graph of tasks', () => {
  it('needsOf gives each task once', () => {
    assert.deepEqual(needsOf({ activity: 'a', needs: ['b', 'c', 'b'] }), ['b', 'c']);
    assert.deepEqual(needsOf({ activity: 'a' }), []);
  });

  it('topologicalOrder puts every task after all it needs, and keeps the order written where it may', () => {
    assert.deepEqual(topologicalOrder(tasksOf({ d: ['b'], c: [], b: ['a'], a: [] })), ['c', 'a', 'b', 'd']);
    fc.assert(
      fc.property(dag, (tasks) => {
        const order = topologicalOrder(tasks);
        assert.equal(order.length, Object.keys(tasks).length);
        for (const [name, task] of Object.entries(tasks))
          for (const needed of needsOf(task)) assert.ok(order.indexOf(needed) < order.indexOf(name));
      }),
    );
  });

  it('findCycle finds none in a DAG, and the way round in a cycle', () => {
    fc.assert(fc.property(dag, (tasks) => findCycle(tasks) === undefined));
    assert.deepEqual(findCycle(tasksOf({ x: [], a: ['x', 'c'], b: ['a'], c: ['b'] })), ['a', 'c', 'b', 'a']);
    assert.deepEqual(findCycle(tasksOf({ a: ['a'] })), ['a', 'a']);
  });

  it('findCycle follows a chain of 50,000 tasks', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => [
      `t${index}`,
      index === 0 ? [] : [`t${index - 1}`],
    ]);
    assert.equal(findCycle(tasksOf(Object.fromEntries(chain.toReversed()))), undefined);
  });

  it('topologicalOrder throws for a cycle', () => {
    assert.throws(() => topologicalOrder(tasksOf({ a: ['b'], b: ['a'] })), RangeError);
  });

  it('leaves out of account needs that name no task', () => {
    assert.deepEqual(topologicalOrder(tasksOf({ a: ['toString', 'nowhere'] })), ['a']);
  });

  it('ancestorsOf is everything before a task, directly or through others', () => {
    const tasks = tasksOf({ a: [], b: ['a'], c: ['b'], d: ['a'] });
    assert.deepEqual([...ancestorsOf(tasks, 'c')].toSorted(), ['a', 'b']);
    assert.deepEqual([...ancestorsOf(tasks, 'a')], []);
  });

  it('dependentsOf is needs the other way round', () => {
    fc.assert(
      fc.property(dag, (tasks) => {
        const dependents = dependentsOf(tasks);
        for (const name of Object.keys(tasks))
          for (const [other, task] of Object.entries(tasks))
            assert.equal(dependents.get(name)?.includes(other) ?? false, needsOf(task).includes(name));
      }),
    );
  });
});
