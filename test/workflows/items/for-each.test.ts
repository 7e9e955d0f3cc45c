import assert from 'node:assert/strict';
import type { Tasks, Value } from '../../../definitions/model/types.ts';
import { SLICE_LIMITS } from '../../../workflows/items/slices.ts';
import { play } from '../../support/play.ts';

const echo = (input: Value): Value => input;

describe('forEach with expressions for its bounds', () => {
  it('knows the index of each item, in slices too, and takes its bounds from expressions', async () => {
    const tasks: Tasks = {
      each: {
        forEach: {
          in: '${ params.list }',
          index: 'place',
          concurrency: '${ params.atOnce }',
          maxFailures: '${ params.tolerated }',
        },
        activity: 'echo',
        with: { value: '${ place }', item: '${ item }' },
      },
    };
    const params = { list: ['a', 'b', 'c'], atOnce: 1, tolerated: '50%' };
    const value = [0, 1, 2].map((place) => ({
      status: 'succeeded',
      output: { value: place, item: 'abc'[place] },
      error: null,
    }));
    for (const limits of [undefined, { ...SLICE_LIMITS, activities: 1, ofSlice: 2 }]) {
      const played = await play(tasks, { echo }, { params, ...(limits && { limits }) });
      assert.deepEqual(played.settlements.get('each')?.value, value);
      assert.equal(played.slices.length > 0, limits !== undefined);
    }
    for (const wrong of [
      { atOnce: 0 },
      { atOnce: 501 },
      { atOnce: 1.5 },
      { tolerated: '101%' },
      { tolerated: -1 },
    ]) {
      const played = await play(tasks, { echo }, { params: { ...params, ...wrong } });
      assert.equal(played.settlements.get('each')?.failure?.type, 'EXPRESSION_ERROR', JSON.stringify(wrong));
    }
  });
});
