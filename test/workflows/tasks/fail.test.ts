import assert from 'node:assert/strict';
import type { Tasks, Value } from '../../../definitions/model/types.ts';
import { SLICE_LIMITS } from '../../../workflows/items/slices.ts';
import { play } from '../../support/play.ts';

const echo = (input: Value): Value => input;

describe('a task that fails by itself', () => {
  const gate: Tasks = {
    check: {
      fail: { code: 'TOO_FEW', message: 'There are ${ string(params.rows) } rows.' },
      onFailure: 'continue',
    },
    say: {
      needs: ['check'],
      run: 'anyFailed',
      activity: 'echo',
      with: { value: '${ errors.check.type }: ${ errors.check.message }' },
    },
  };

  it('has the code and the reason that the definition names, and others see them', async () => {
    const { settlements, called } = await play(gate, { echo }, { params: { rows: 3 } });
    assert.deepEqual(settlements.get('check')?.failure, { type: 'TOO_FEW', message: 'There are 3 rows.' });
    assert.deepEqual(settlements.get('say')?.value, { value: 'TOO_FEW: There are 3 rows.' });
    assert.deepEqual(called, ['say']);
  });

  it('tells the items of slices why a task around them failed', async () => {
    const tasks: Tasks = {
      check: gate['check']!,
      each: {
        needs: ['check'],
        run: 'allSettled',
        forEach: { in: [1, 2, 3] },
        activity: 'echo',
        with: { value: '${ errors.check.type }' },
      },
    };
    const limits = { ...SLICE_LIMITS, activities: 1, ofSlice: 2 };
    const { settlements, slices } = await play(tasks, { echo }, { params: { rows: 3 }, limits });
    assert.ok(slices.length > 0);
    const results = settlements.get('each')?.value as readonly { readonly output: unknown }[];
    assert.deepEqual(
      results.map(({ output }) => output),
      [1, 2, 3].map(() => ({ value: 'TOO_FEW' })),
    );
  });

  it('is no value where nothing failed, and that of the group itself is not seen outside of it', async () => {
    const tasks: Tasks = {
      good: { activity: 'echo', with: {} },
      group: { tasks: { good: { fail: { code: 'INNER', message: 'no' } } }, onFailure: 'continue' },
      after: {
        needs: ['good', 'group'],
        run: 'allSettled',
        activity: 'echo',
        with: { value: ['${ has(errors.good) }', '${ errors.group.type }'] },
      },
    };
    const { settlements } = await play(tasks, { echo });
    assert.deepEqual(settlements.get('after')?.value, { value: [false, 'GROUP_FAILED'] });
  });
});
