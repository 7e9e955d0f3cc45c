import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dependentsOf, findCycle, needsOf, topologicalOrder } from '../../../definitions/model/graph.ts';
import { ancestryOf } from '../../../definitions/model/ancestry.ts';
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

  it('topologicalOrder refuses a cycle, and names the way round', () => {
    const tasks = tasksOf({ start: [], a: ['b', 'start'], b: ['a'] });
    assert.throws(
      () => topologicalOrder(tasks),
      (error) => error instanceof RangeError && /a → b|b → a/.test(error.message),
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

  it('ancestryOf knows everything before a task, directly or through others', () => {
    fc.assert(
      fc.property(dag, (tasks) => {
        const isBefore = ancestryOf(tasks);
        for (const name of Object.keys(tasks)) {
          const before = new Set(needsOf(tasks[name] ?? { activity: '' }));
          // A set goes on over what is added meanwhile.
          for (const each of before) for (const further of tasks[each]?.needs ?? []) before.add(further);
          for (const other of Object.keys(tasks)) assert.equal(isBefore(name, other), before.has(other));
        }
      }),
    );
  });

  it('topologicalOrder takes the first written of those that may come next', () => {
    fc.assert(
      fc.property(dag, (tasks) => {
        const names = Object.keys(tasks);
        const done = new Set<string>();
        for (const name of topologicalOrder(tasks)) {
          const first = names.find(
            (each) => !done.has(each) && needsOf(tasks[each] ?? { activity: '' }).every((n) => done.has(n)),
          );
          assert.equal(name, first);
          done.add(name);
        }
      }),
    );
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
