import assert from 'node:assert/strict';
import fc from 'fast-check';
import { activityId, itemPath, taskPath } from '../../../workflows/state/instance-path.ts';

describe('instance paths', () => {
  it('name a task within the items around it (invariant 8)', () => {
    assert.equal(itemPath(taskPath(itemPath(taskPath('', 'explore'), 3), 'score'), 1), 'explore[3].score[1]');
  });

  it('are the ids of their activities up to 200 characters', () => {
    assert.equal(activityId('explore[3].score[1]'), 'explore[3].score[1]');
    assert.equal(activityId('x'.repeat(200)), 'x'.repeat(200));
  });

  it('are cut and told apart by a digest when they are longer (invariant 8)', () => {
    assert.equal(activityId('x'.repeat(201)), `${'x'.repeat(183)}~3631500d06f3bba7`);
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (left, right) => {
        fc.pre(left !== right);
        const long = `${'group.'.repeat(40)}task`;
        assert.notEqual(activityId(itemPath(long, left)), activityId(itemPath(long, right)));
        assert.ok(activityId(itemPath(long, left)).length <= 200);
      }),
    );
  });
});
