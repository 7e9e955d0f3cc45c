import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide, type Decision } from '../../../definitions/model/join.ts';
import type { JoinRule, TaskOutcome } from '../../../definitions/model/types.ts';

const letters: { readonly [letter: string]: TaskOutcome | undefined } = {
  S: 'succeeded',
  F: 'failed',
  K: 'skipped',
  B: 'blocked',
  C: 'cancelled',
  '-': undefined,
};
const rules: readonly JoinRule[] = [
  'allSucceeded',
  'noneFailed',
  'noneFailedMinOneSucceeded',
  'allSettled',
  'anySucceeded',
  'anyFailed',
  'anySettled',
  'allFailed',
  'allSkipped',
  'always',
];

/** Outcomes (S, F, K = skipped, B, C, - = not yet) and what each rule decides, in the order of `rules`. */
const table: readonly (readonly [string, string])[] = [
  // Outcomes  allSucc noneF minOne allSett anySucc anyF anySett allF allSkip always
  ['', 'run run run run run skip run skip skip run'],
  ['-', 'wait wait wait wait wait wait wait wait wait wait'],
  ['S', 'run run run run run skip run skip skip run'],
  ['F', 'block block block run block run run run skip run'],
  ['K', 'skip run skip run skip skip run skip run run'],
  ['B', 'block block block run block run run run skip run'],
  ['C', 'block block block run block run run run skip run'],
  ['S-', 'wait wait wait wait run wait run wait wait wait'],
  ['F-', 'wait wait wait wait wait run run wait wait wait'],
  ['K-', 'wait wait wait wait wait wait run wait wait wait'],
  ['SS', 'run run run run run skip run skip skip run'],
  ['SF', 'block block block run run run run skip skip run'],
  ['SK', 'skip run run run run skip run skip skip run'],
  ['FK', 'block block block run block run run skip skip run'],
  ['FB', 'block block block run block run run run skip run'],
  ['KK', 'skip run skip run skip skip run skip run run'],
  ['SFK', 'block block block run run run run skip skip run'],
];

const outcomes = fc.constantFrom<TaskOutcome>('succeeded', 'failed', 'skipped', 'blocked', 'cancelled');
const partial = fc.array(fc.option(outcomes, { nil: undefined }), { maxLength: 8 });
const rule = fc.constantFrom(...rules);

describe('decide', () => {
  for (const [written, decisions] of table)
    it(`decides '${written}' by the table`, () => {
      const needed = Array.from(written, (letter) => letters[letter]);
      const found = rules.map((name): Decision => decide(name, needed));
      assert.deepEqual(found, decisions.split(' '));
    });

  it('J1: never waits when every outcome is known', () => {
    fc.assert(fc.property(rule, fc.array(outcomes), (name, needed) => decide(name, needed) !== 'wait'));
  });

  it('J2: never changes when more outcomes arrive', () => {
    fc.assert(
      fc.property(
        rule,
        partial,
        fc.array(outcomes, { minLength: 8, maxLength: 8 }),
        (name, needed, later) => {
          const before = decide(name, needed);
          const after = decide(
            name,
            needed.map((outcome, index) => outcome ?? later[index]),
          );
          return before === 'wait' || before === after;
        },
      ),
    );
  });

  it('J3: does not depend on the order', () => {
    fc.assert(
      fc.property(
        rule,
        partial,
        (name, needed) => decide(name, needed) === decide(name, needed.toReversed()),
      ),
    );
  });

  it('J4: blocks only where something failed, was blocked or was cancelled', () => {
    fc.assert(
      fc.property(rule, fc.array(fc.constantFrom<TaskOutcome>('succeeded', 'skipped')), (name, needed) => {
        return decide(name, needed) !== 'block';
      }),
    );
  });
});
