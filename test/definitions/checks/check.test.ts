import assert from 'node:assert/strict';
import { loadDefinitionText } from '../../../definitions/load.ts';
import { sampleContext } from '../sample-catalogue.ts';

/** `line:column CODE` of every problem of a definition named `sample`. */
function check(body: string): readonly string[] {
  const checked = loadDefinitionText(`name: sample\n${body}`, 'definitions/sample.yaml', sampleContext);
  return checked.ok ? [] : checked.problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('the checker of definitions', () => {
  it('says of an empty name in needs that it is empty, and no more', () => {
    const problems = check("tasks: { a: { activity: noop, needs: [''] } }");
    assert.equal(problems.filter((problem) => problem.includes('UNKNOWN_TASK')).length, 0);
    assert.notDeepEqual(problems, []);
  });

  it('accepts what uses every feature', () => {
    const body = `
description: Everything.
params:
  size: { type: integer, minimum: 1, default: 3, description: How many. }
  names: { type: array, items: { type: string }, default: [a] }
defaults: { retry: { maximumAttempts: 2, nonRetryableErrorTypes: [BAD] }, timeout: 5m, taskQueue: prose }
tasks:
  make: { activity: makeItems, taskQueue: gpu-main, with: { count: '\${ params.size * 2 }', prefix: 'p-\${ run.id }' } }
  each:
    needs: [make]
    run: noneFailed
    when: tasks.make.count > 1 && tasks.make.share < 0.5
    forEach: { in: '\${ tasks.make.items.filter(x, x != params.names[0]) }', as: name, concurrency: 2 }
    tasks:
      show: { activity: showItem, with: { item: '\${ name }' } }
      again:
        needs: [show]
        when: '\${ tasks.show.shown }'
        forEach: { in: [1, 2] }
        activity: showItem
        with: { item: '\${ string(item) } of \${ tasks.make.count }' }
  collect:
    needs: [each]
    activity: collect
    with:
      items: '\${ tasks.each.filter(r, r.status == "succeeded").map(r, r.status) }'
      origin: { item: '\${ has(tasks.make.share) ? "a" : "b" }' }
  literal:
    activity: collect
    with: { items: ['\${ params.names[0] }', b] }
outputs: { text: '\${ tasks.collect.text }', shares: ['\${ tasks.make.share }'], skipped: '\${ has(tasks.each) }' }
`;
    assert.deepEqual(check(body), []);
  });

  it('lets the tasks of a group see what the group needs, and no others', () => {
    const body = `tasks:
  make: { activity: makeItems, with: { count: 1 } }
  other: { activity: makeItems, with: { count: 1 } }
  group:
    needs: [make]
    tasks:
      show: { activity: showItem, with: { item: '\${ tasks.make.items[0] }' } }
      hide: { activity: showItem, with: { item: '\${ tasks.other.items[0] }' } }
      late: { activity: showItem, with: { item: '\${ tasks.show.shown ? "a" : "b" }' } }
`;
    assert.deepEqual(check(body), ['9:59 TASK_NOT_NEEDED', '10:59 TASK_NOT_NEEDED']);
  });

  it('sees a task through the tasks between', () => {
    const body = `tasks:
  a: { activity: makeItems, with: { count: 1 } }
  b: { needs: [a], activity: doNothing }
  c: { needs: [b], activity: showItem, with: { item: '\${ tasks.a.items[0] }' } }
`;
    assert.deepEqual(check(body), []);
  });

  it('knows the value of a group and of a forEach', () => {
    const body = `tasks:
  group:
    tasks:
      make: { activity: makeItems, with: { count: 1 } }
  named:
    tasks: { make: { activity: makeItems, with: { count: 1 } } }
    outputs: { first: '\${ tasks.make.items[0] }' }
  each:
    forEach: { in: [1] }
    activity: doNothing
outputs:
  a: '\${ tasks.group.make.count }'
  b: '\${ tasks.group.mak.count }'
  c: '\${ tasks.named.first }'
  d: '\${ tasks.named.make }'
  e: '\${ tasks.each[0].status }'
  f: '\${ tasks.each.status }'
`;
    assert.deepEqual(check(body), ['14:22 UNKNOWN_FIELD', '16:22 UNKNOWN_FIELD', '18:21 UNKNOWN_FIELD']);
  });

  it('does not show the item to when, which is evaluated before the items', () => {
    const body = `tasks:
  each:
    when: item > 1
    forEach: { in: [1, 2] }
    activity: doNothing
`;
    assert.deepEqual(check(body), ['4:11 UNKNOWN_NAME']);
  });

  it('finds the place inside a folded text', () => {
    const body = `params: { size: { type: integer, default: 1 } }
tasks:
  show:
    activity: showItem
    with:
      item: >-
        first
        \${ params.sise } last
`;
    assert.deepEqual(check(body), ['9:19 UNKNOWN_PARAM']);
  });

  it('finds a wrong part of a literal with expressions in it', () => {
    const body = `tasks:
  show: { activity: collect, with: { items: [a, '\${ 1 }'], origin: { itm: '\${ 1 }' } } }
`;
    assert.deepEqual(check(body), ['3:49 WRONG_INPUT_TYPE', '3:60 MISSING_INPUT', '3:70 UNKNOWN_INPUT']);
  });

  it('takes any field of an object that is open, and looks at the expressions in it', () => {
    const body = `tasks:
  show: { activity: collect, with: { items: [a], labels: { any: '\${ run.id }', other: '\${ nothing }' } } }
`;
    assert.deepEqual(check(body), ['3:91 UNKNOWN_NAME']);
  });

  it('leaves task queues alone when none are known', () => {
    const text = 'name: sample\ntasks: { a: { activity: doNothing, taskQueue: anything } }\n';
    const checked = loadDefinitionText(text, 'sample.yaml', { catalogue: sampleContext.catalogue });
    assert.equal(checked.ok, true);
  });

  it('refuses keys, wherever they stand in an input, and lets expressions be', () => {
    const withItem = (item: string): readonly string[] =>
      check(`tasks:\n  show: { activity: showItem, with: { item: '${item}' } }\n`);
    for (const item of [
      'authorization: Bearer sk-1234567890abcdefghijkl',
      'Bearer abc123def456ghi',
      'https://example.org/v1?a=1&api_key=abcdef123456',
      '--token=ghp_abcdefghijklmnopqrst12',
    ])
      assert.deepEqual(withItem(item), ['3:45 SECRET_IN_FILE'], item);
    for (const item of ['Bearer ${ run.id }', 'https://example.org/v1?key=${ run.id }', 'a bearer of news'])
      assert.deepEqual(withItem(item), [], item);
  });
});

describe('names that are words of CEL', () => {
  it('are refused for tasks, params and items, which no expression could refer to', () => {
    const body = `params: { null: { type: integer, default: 1 } }
tasks:
  in: { activity: doNothing }
  a: { forEach: { in: [1], as: while }, activity: doNothing }
  size: { activity: doNothing }
`;
    const checked = loadDefinitionText(`name: sample\n${body}`, 'definitions/sample.yaml', sampleContext);
    assert.deepEqual(checked.ok ? [] : checked.problems.map(({ code, path }) => `${path} ${code}`), [
      'params.null RESERVED_NAME',
      'tasks.in RESERVED_NAME',
      'tasks.a.forEach.as RESERVED_NAME',
    ]);
  });
});
