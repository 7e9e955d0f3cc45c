import assert from 'node:assert/strict';
import type { Task } from '../../../definitions/model/types.ts';
import { activitiesPerItem, isTooLarge, SLICE_LIMITS } from '../../../workflows/items/slices.ts';

const work: Task = { activity: 'work' };

describe('the activities of an item', () => {
  const of = (tasks: { readonly [name: string]: Task }): number => activitiesPerItem({ tasks });

  it('are one of a task, and those of its tasks of a group', () => {
    assert.deepEqual([activitiesPerItem(work), of({ a: work }), of({ a: work, b: work })], [1, 1, 2]);
    assert.equal(of({ a: { tasks: { b: work, c: work } }, d: { workflow: 'other' } }), 3);
    assert.equal(of({}), 1);
  });

  it('are counted for each item of a list inside, of which 16 are taken for granted where it is an expression', () => {
    assert.equal(of({ a: { ...work, forEach: { in: [1, 2, 3] } }, b: work }), 4);
    assert.equal(of({ a: { ...work, forEach: { in: '${ tasks.b }' } }, b: work }), 17);
    assert.equal(of({ a: { tasks: { b: work, c: work }, forEach: { in: [1, 2, 3] } } }), 6);
    assert.equal(of({ a: { ...work, forEach: { in: [] } } }), 1);
  });
});

describe('a forEach in one history', () => {
  const isSliced = (count: number, perItem: number, room?: number): boolean =>
    isTooLarge({ from: 0, items: Array<null>(count).fill(null) }, perItem, SLICE_LIMITS, room);

  it('is as large as 1,000 activities, and sliced above', () => {
    assert.deepEqual([isSliced(1_000, 1), isSliced(1_001, 1)], [false, true]);
    assert.deepEqual([isSliced(333, 3), isSliced(334, 3)], [false, true]);
    assert.deepEqual([isSliced(1, 5_000), isSliced(2, 5_000)], [false, true]);
  });

  it('has the room that it is given', () => {
    assert.deepEqual([isSliced(20, 1, 20), isSliced(21, 1, 20), isSliced(1, 1, 0)], [false, true, false]);
  });
});
