import assert from 'node:assert/strict';
import { looksOf, panelOf } from '../../../configs/settings/panel.ts';
import type { CheckUse } from '../../../configs/settings/checks.ts';
import type { ValidatorConfig } from '../../../configs/settings/types.ts';

const validator = {} as ValidatorConfig;
const panel = (validators: number, ...uses: CheckUse[]): ReturnType<typeof panelOf> =>
  panelOf({
    validators: Array.from({ length: validators }, () => validator),
    checks: uses.map((use, index) => ({ name: `c${index}`, use, cel: 'true' })),
  });

describe('the panel of judges', () => {
  it('has the last of several validators as its referee, to whom learning does not listen', () => {
    assert.deepEqual([panel(3).referees, panel(3).teachers], [[3], [1, 2]]);
    assert.deepEqual([panel(5).referees, panel(5).teachers], [[5], [1, 2, 3, 4]]);
    assert.deepEqual([panel(1).referees, panel(1).teachers], [[], [1]]);
  });

  it('numbers checks after the validators, and lets a check that is a referee take the place of the validator', () => {
    const { referees, teachers, checks, gates } = panel(3, 'criterion', 'gate', 'referee');
    assert.deepEqual(
      { referees, teachers, checks, gates },
      {
        referees: [6],
        teachers: [1, 2, 3, 4],
        checks: [4, 6],
        gates: [5],
      },
    );
    assert.deepEqual(panel(0, 'referee', 'criterion').teachers, [2]);
  });

  it('spares those that learning does not hear while halving, and no one without', () => {
    assert.deepEqual(looksOf(panel(3), true), { first: [1], again: [2], test: [1, 2, 3] });
    assert.deepEqual(looksOf(panel(3), false), { first: [1, 2, 3], again: [], test: [1, 2, 3] });
    assert.deepEqual(looksOf(panel(1), true), { first: [1], again: [1], test: [1] });
    assert.deepEqual(looksOf(panel(0, 'criterion'), true), { first: [], again: [], test: [] });
  });
});
