import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  activityId,
  innerRunId,
  definitionPath,
  isInSlice,
  isWithin,
  itemPath,
  prefixesOf,
  roundPath,
  sliceOf,
  slicePath,
  taskPath,
} from '../../../definitions/model/instance-path.ts';

describe('instance paths', () => {
  it('name a task within the items around it (invariant 8)', () => {
    assert.equal(itemPath(taskPath(itemPath(taskPath('', 'explore'), 3), 'score'), 1), 'explore[3].score[1]');
  });

  const path = fc
    .array(
      fc.tuple(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,5}$/), fc.option(fc.nat(99)), fc.option(fc.nat(9))),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((parts) =>
      parts.reduce((group, [name, item, round]) => {
        const task = taskPath(group, name);
        const instance = item === null ? task : itemPath(task, item);
        return round === null ? instance : roundPath(instance, round);
      }, ''),
    );

  it('begin with those of all that is around them', () => {
    assert.deepEqual(prefixesOf('a[3].b@2'), ['a', 'a[3]', 'a[3].b', 'a[3].b@2']);
    fc.assert(
      fc.property(path, (instance) => {
        const around = prefixesOf(instance);
        assert.equal(around.at(-1), instance);
        assert.ok(around.every((each) => isWithin(instance, each)));
        assert.ok(!isWithin(instance, `${instance}x`) && !isWithin(`${instance}x`, instance));
      }),
    );
  });

  it('name their task in the definition', () => {
    assert.equal(definitionPath('explore[3].score@2'), 'explore.score');
    fc.assert(fc.property(path, (instance) => assert.match(definitionPath(instance), /^[\w.]+$/)));
  });

  it('of slices tell which items they have', () => {
    fc.assert(
      fc.property(path, fc.nat(50), fc.nat(50), fc.nat(120), (task, from, count, index) => {
        const slice = { task, from, to: from + count };
        assert.deepEqual(sliceOf(slicePath(task, from, from + count)), slice);
        const isIn = index >= from && index < from + count;
        assert.equal(isInSlice(taskPath(itemPath(task, index), 'inner'), slice), isIn);
      }),
    );
    const slice = { task: 'abc', from: 0, to: 9 };
    const others = [
      'abd[3]',
      'abcd[3]',
      'x.abc[3]',
      'abc',
      'abc[',
      'abc[3',
      'abc[x]',
      'abc[0..9]',
      'abc.d[3]',
    ];
    assert.deepEqual(
      others.filter((other) => isInSlice(other, slice)),
      [],
    );
  });

  it('are the ids of their activities up to 200 characters', () => {
    assert.equal(activityId('explore[3].score[1]'), 'explore[3].score[1]');
    assert.equal(activityId('x'.repeat(200)), 'x'.repeat(200));
  });

  it('are the ids of runs inside runs, cut where Temporal would refuse them', () => {
    assert.equal(innerRunId('run-1', 'explore[3].sub'), 'run-1/explore[3].sub');
    const long = 'x'.repeat(994);
    assert.equal(innerRunId('run-1', long), `run-1/${long}`);
    const [one, other] = ['y', 'z'].map((last) => innerRunId('run-1', `${long}${last}`));
    assert.equal(one?.length, 1_000);
    assert.notEqual(one, other);
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
