import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keepCut } from '../../../workflows/items/kept-cut.ts';
import type { SlicePlan } from '../../../workflows/items/slices.ts';

/** A plan of items that are their own index, cut at these edges. */
function planOf(edges: readonly number[]): SlicePlan {
  const spans = edges.slice(0, -1).map((from, index) => ({
    from,
    items: Array.from({ length: (edges[index + 1] ?? 0) - from }, (_, item) => from + item),
  }));
  return { spans, shares: [2, 1], room: 100 };
}
const slices = (...had: readonly (readonly [number, number])[]) =>
  had.map(([from, to]) => ({ task: 'all', from, to }));
const cutsOf = ({ spans }: SlicePlan): readonly string[] =>
  spans.map(({ from, items }) => `${from}-${from + items.length}`);

describe('keepCut', () => {
  it('keeps a plan that cuts where it was cut before', () => {
    const plan = planOf([0, 5, 10]);
    assert.equal(keepCut(plan, []), plan);
    assert.equal(keepCut(plan, slices([5, 10], [0, 5])), plan);
  });

  it('cuts as before where limits have changed, and anew elsewhere', () => {
    const plan = planOf([0, 5, 10, 15]);
    assert.deepEqual(cutsOf(keepCut(plan, slices([0, 7]))), ['0-7', '7-10', '10-15']);
    assert.deepEqual(cutsOf(keepCut(plan, slices([3, 6], [6, 12]))), ['0-3', '3-6', '6-12', '12-15']);
  });

  it('takes the larger of two where one lies in the other', () => {
    const plan = planOf([0, 5, 10]);
    assert.deepEqual(cutsOf(keepCut(plan, slices([2, 4], [2, 8]))), ['0-2', '2-8', '8-10']);
  });

  it('heeds nothing that lies outside of the plan', () => {
    const plan = planOf([10, 15, 20]);
    assert.equal(keepCut(plan, slices([0, 10], [8, 12], [18, 21])), plan);
    assert.deepEqual(cutsOf(keepCut(plan, slices([12, 20]))), ['10-12', '12-20']);
  });

  it('loses no item and doubles none, and leaves lanes and room as they are', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 2 });
    const sorted = cuts.map((edges) => edges.toSorted((one, other) => one - other));
    const had = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 10 })));
    fc.assert(
      fc.property(sorted, had, (edges, spans) => {
        const plan = planOf(edges);
        const kept = keepCut(plan, slices(...spans.map(([from, length]) => [from, from + length] as const)));
        assert.deepEqual(
          kept.spans.flatMap(({ items }) => items),
          plan.spans.flatMap(({ items }) => items),
        );
        assert.ok(kept.spans.every(({ from, items }) => items[0] === from));
        assert.deepEqual([kept.shares, kept.room], [plan.shares, plan.room]);
      }),
    );
  });
});
