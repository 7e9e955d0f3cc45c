import assert from 'node:assert/strict';
import { checkRows } from '../../../activities/store/check-rows.ts';
import { rowOf } from './rows.ts';

describe('checkRows', () => {
  const check = (index: number): void =>
    checkRows('pairs', [rowOf('pairs', { base_prompt_idx: index, pair_idx: 0 })]);

  it('lets an integer column hold all of its 32 bits, and nothing beyond', () => {
    for (const fitting of [-(2 ** 31), 2 ** 31 - 1]) assert.doesNotThrow(() => check(fitting));
    for (const beyond of [-(2 ** 31) - 1, 2 ** 31])
      assert.throws(() => check(beyond), { code: 'WRONG_TYPE' });
  });
});
