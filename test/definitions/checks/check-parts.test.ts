import assert from 'node:assert/strict';
import { loadDefinitionText } from '../../../definitions/load.ts';
import { activityCatalogue } from '../../../activities/index.ts';

/** `line CODE` of every problem of a definition named `sample`, over the activities there are. */
function check(tasks: string): readonly string[] {
  const text = `name: sample\nparams: { n: { type: integer, default: 3 } }\ntasks:\n${tasks}`;
  const context = { catalogue: activityCatalogue(), queues: ['prose', 'gpu-generation'] };
  const checked = loadDefinitionText(text, 'definitions/sample.yaml', context);
  return checked.ok ? [] : checked.problems.map(({ line, code }) => `${line} ${code}`);
}

const sql = (into: string, more = ''): string =>
  `{ activity: sql, with: { query: 'select 1 as a', ${into} }${more} }`;

describe('checkParts', () => {
  it('refuses items, and tasks, that replace one another’s rows', () => {
    assert.deepEqual(check(`  each: ${sql('into: rows', ", forEach: { in: '${ range(params.n) }' }")}`), [
      '4 SAME_PART',
    ]);
    assert.deepEqual(check(`  one: ${sql('into: rows')}\n  two: ${sql('into: rows')}`), ['5 SAME_PART']);
    assert.deepEqual(check(`  one: ${sql('into: rows, part: part')}\n  two: ${sql('into: rows')}`), [
      '5 SAME_PART',
    ]);
    const inside = `  group:
    forEach: { in: [1, 2] }
    tasks:
      one: ${sql('into: rows, part: p')}
  last: ${sql('into: others')}
  after: { needs: [last], tasks: { again: ${sql('into: others')} } }`;
    assert.deepEqual(check(inside), ['7 SAME_PART', '9 SAME_PART']);
  });

  it('lets pass what differs, or may differ, or cannot both run', () => {
    for (const tasks of [
      `  one: ${sql('into: rows')}\n  two: ${sql('into: others')}\n  three: ${sql('into: rows, part: b')}`,
      `  each: ${sql("into: rows, part: 'p${ item }'", ', forEach: { in: [1, 2] }')}`,
      `  each: ${sql('into: rows', ', forEach: { in: [1] }')}`,
      `  one: ${sql('into: rows', ', when: params.n > 2')}\n  two: ${sql('into: rows', ', when: params.n <= 2')}`,
      `  one: ${sql('into: rows')}\n  two: ${sql('into: rows', ', needs: [one], run: anyFailed')}`,
      `  one: { activity: sql, with: { query: select 1 } }\n  two: { activity: sql, with: { query: select 2 } }`,
    ])
      assert.deepEqual(check(tasks), [], tasks);
  });
});
