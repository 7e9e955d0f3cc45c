import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isGroup, kindOf } from '../../../definitions/model/task-kind.ts';
import { walkJson } from '../../../definitions/model/walk-json.ts';
import { activitiesOf, callsOf, walkTasks } from '../../../definitions/model/walk-tasks.ts';
import type { Tasks, Value } from '../../../definitions/model/types.ts';

const tasks: Tasks = {
  first: { activity: 'noop' },
  each: {
    forEach: { in: [1] },
    tasks: { inner: { workflow: 'other' }, deep: { tasks: { last: { wait: { for: '1s' } } } } },
    catch: { tasks: { undo: { activity: 'undo', catch: { tasks: { worse: { workflow: 'help' } } } } } },
  },
};

/** What stands at a path of a value. */
function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((owner, step) => (owner as { readonly [key: string]: unknown })[step], value);
}

describe('a walk over tasks', () => {
  it('comes to every task once, at its place in the document and in the definition', () => {
    const definition = { tasks, finally: { clean: { activity: 'sleep' } } };
    const placed = [...walkTasks(definition)];
    assert.deepEqual(
      placed.map(({ path, task, level }) => [path, kindOf(task), level.isLast, level.isCatch]),
      [
        ['first', 'activity', false, false],
        ['each', 'group', false, false],
        ['each.inner', 'workflow', false, false],
        ['each.deep', 'group', false, false],
        ['each.deep.last', 'wait', false, false],
        ['each.undo', 'activity', false, true],
        ['each.undo.worse', 'workflow', false, true],
        ['clean', 'activity', true, false],
      ],
    );
    for (const { at: place, task } of placed) assert.equal(at(definition, place), task);
    assert.deepEqual(activitiesOf(definition), ['noop', 'undo', 'sleep']);
    assert.deepEqual(callsOf(definition), ['other', 'help']);
    assert.ok(isGroup(tasks['each'] ?? { activity: '' }));
  });
});

describe('a walk over a JSON value', () => {
  it('comes to every value in it at its place', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        const value = json as Value;
        const places = [...walkJson(value)];
        for (const place of places) assert.equal(at(value, place.at), place.value);
        assert.equal(new Set(places.map((place) => JSON.stringify(place.at))).size, places.length);
        const scalars = JSON.stringify(value, (_, inner: unknown) => inner).length;
        assert.ok(places.length <= scalars);
      }),
    );
  });
});
