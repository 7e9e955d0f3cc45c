/** Definitions of any size, right and wrong: each check looks at each part a bounded number of times. */
import assert from 'node:assert/strict';
import { MAX_PARAMS, MAX_TASKS } from '../../definitions/checks/check-size.ts';
import { DefinitionCache, loadDefinitionText } from '../../definitions/load.ts';
import type { Problem } from '../../definitions/documents/problem.ts';
import { sampleContext } from './sample-catalogue.ts';
import schema from '../../definitions/definition.schema.json' with { type: 'json' };

function check(lines: readonly string[], more = ''): readonly Problem[] {
  const text = `name: sample\n${more}tasks:\n${lines.map((task) => `  ${task}\n`).join('')}`;
  const checked = loadDefinitionText(text, 'definitions/sample.yaml', sampleContext);
  return checked.ok ? [] : checked.problems;
}

function codes(problems: readonly Problem[]): readonly string[] {
  return [...new Set(problems.map(({ code }) => code))];
}

/** `count` tasks, each made from its number. */
function tasks(count: number, make: (index: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `t${index}: { activity: showItem, ${make(index)} }`);
}

const after = (index: number): string => (index === 0 ? '' : `needs: [t${index - 1}],`);

describe('a definition of any size', function () {
  this.timeout(60_000);

  it('may have 10,000 tasks in one group: in a row, side by side, and in layers', () => {
    assert.deepEqual(check(tasks(MAX_TASKS, (index) => `${after(index)} with: { item: x }`)), []);
    assert.deepEqual(check(tasks(MAX_TASKS, () => 'with: { item: x }')), []);
    const layered = tasks(MAX_TASKS, (index) => {
      const layer = Math.floor(index / 100);
      const needs = [7, 31, 57].map((step) => `t${(layer - 1) * 100 + ((index * step) % 100)}`);
      return `${layer === 0 ? '' : `needs: [${[...new Set(needs)].join(', ')}],`} with: { item: x }`;
    });
    assert.deepEqual(check(layered), []);
  });

  it('sees in the last task of 1,000 the first one, which it needs through all others', () => {
    const far = tasks(1_000, (index) =>
      index === 0 ? 'with: { item: x }' : `${after(index)} with: { item: '\${ string(tasks.t0.shown) }' }`,
    );
    assert.deepEqual(check(far), []);
    const beside = tasks(1_000, (index) =>
      index === 0 ? 'with: { item: x }' : `with: { item: '\${ string(tasks.t0.shown) }' }`,
    );
    assert.deepEqual(codes(check(beside)), ['TOO_MANY_PROBLEMS', 'TASK_NOT_NEEDED']);
  });

  it('is refused for its size before anything else of it is looked at', () => {
    const wide = check(tasks(MAX_TASKS + 1, () => 'nonsense: 1'));
    assert.deepEqual(
      wide.map(({ code, path, line }) => `${line} ${path} ${code}`),
      ['2 tasks OUT_OF_RANGE'],
    );
    const params = Array.from({ length: MAX_PARAMS + 1 }, (_, index) => `  p${index}: { type: 1 }\n`);
    assert.deepEqual(codes(check(['a: { activity: x }'], `params:\n${params.join('')}`)), ['OUT_OF_RANGE']);
  });

  it('has the same bounds in its schema, for editors', () => {
    assert.equal(schema.$defs.tasks.maxProperties, MAX_TASKS);
    assert.equal(schema.properties.params.maxProperties, MAX_PARAMS);
  });

  it('is told the first 500 of its problems, and that there are more', () => {
    const kinds: readonly (readonly [code: string, task: (index: number) => string])[] = [
      ['UNKNOWN_TASK', (index) => `needs: [x${index}], with: { item: x }`],
      ['UNKNOWN_TASK', (index) => `with: { item: '\${ tasks.q${index} }' }`],
      ['UNKNOWN_KEY', () => 'with: { item: x }, foo: 1'],
    ];
    for (const [code, task] of kinds) {
      const problems = check(tasks(1_000, task));
      assert.equal(problems.length, 501);
      assert.deepEqual(codes(problems), ['TOO_MANY_PROBLEMS', code]);
    }
  });

  it('finds the wrong tasks among thousands of right ones, at any depth', () => {
    const right = tasks(2_000, () => 'with: { item: x }');
    const wrong = 'g: { tasks: { inner: { activity: showItem, with: { item: x }, needs: 5 } } }';
    const problems = check([...right, wrong, 'last: { activty: noop }']);
    assert.deepEqual(
      problems.map(({ code, path }) => `${path} ${code}`),
      ['tasks.g.tasks.inner.needs WRONG_TYPE', 'tasks.last TASK_KIND', 'tasks.last.activty UNKNOWN_KEY'],
    );
  });

  it('may stand on one line', () => {
    const keys = Array.from(
      { length: 300 },
      (_, index) => `t${index}: { activity: showItem, with: { item: x } }`,
    );
    const checked = loadDefinitionText(
      `{ name: sample, tasks: { ${keys.join(', ')} } }\n`,
      'sample.yaml',
      sampleContext,
    );
    assert.ok(checked.ok);
  });
});

describe('a cache of definitions', () => {
  const text = 'name: sample\ntasks: { a: { activity: showItem, with: { item: x }, taskQueue: own } }\n';

  it('checks the same text in the same surroundings once, and in others anew', () => {
    const cache = new DefinitionCache();
    const load = (queues: readonly string[], content = text) =>
      loadDefinitionText(content, 'sample.yaml', { ...sampleContext, queues }, cache);
    const first = load(['own']);
    assert.ok(first.ok);
    assert.equal(load(['own']), first);
    assert.ok(!load(['other']).ok);
    assert.ok(!load(['own'], text.replace('item', 'itm')).ok);
    assert.equal(load(['own']), first);
  });
});
