import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digest } from '../../../../activities/store/digest.ts';
import { differences, nearest, type OpenedKey } from '../../../../activities/attempts/task-cache/explain.ts';
import type { Value } from '../../../../definitions/model/types.ts';

const key: OpenedKey = {
  activity: 'runMainModel',
  code: { 'activities/stages/3-main-model/main-model.ts': 'a', 'activities/seed.ts': 'b' },
  input: { shard: { table: 'prompt_variations', split: 'train', sha256: 'c' }, count: 3 },
  files: { 'texts/label.txt': 'd' },
  settings: { mainModel: { sampling: { temperature: 0.5 } }, texts: { rubric: 'kind' } },
  seed: 1,
};

describe('differences of two keys', () => {
  it('are none between equal ones', () => assert.deepEqual(differences(key, structuredClone(key)), []));

  it('name the config key, the text, the file, the input, the data, the code and the seed', () => {
    const now: OpenedKey = {
      activity: 'runMainModel',
      code: { 'activities/stages/3-main-model/main-model.ts': 'x', 'activities/new.ts': 'y' },
      input: { shard: { table: 'prompt_variations', split: 'train', sha256: 'z' }, count: 4, extra: true },
      files: { 'texts/label.txt': 'e' },
      settings: { mainModel: { sampling: { temperature: 0.6 } }, texts: { rubric: 'strict' } },
      seed: 2,
    };
    assert.deepEqual(differences(key, now), [
      { kind: 'code', name: 'activities/stages/3-main-model/main-model.ts' },
      { kind: 'code', name: 'activities/seed.ts' },
      { kind: 'code', name: 'activities/new.ts' },
      {
        kind: 'config',
        name: 'configs/main_model_config.yaml: sampling.temperature',
        before: 0.5,
        now: 0.6,
      },
      { kind: 'text', name: 'model_input/rubric.txt' },
      { kind: 'data', name: 'with.shard' },
      { kind: 'input', name: 'with.count', before: 3, now: 4 },
      { kind: 'input', name: 'with.extra', before: null, now: true },
      { kind: 'file', name: 'texts/label.txt' },
      { kind: 'seed', name: 'seed', before: 1, now: 2 },
    ]);
  });

  it('the nearest success is the one with the fewest, then the last', () => {
    const one = { kind: 'seed', name: 'seed' } as const;
    const candidates = [
      { differences: [one, one], at: '2026-03' },
      { differences: [one], at: '2026-01' },
      { differences: [one], at: '2026-02' },
    ];
    assert.equal(nearest(candidates)?.at, '2026-02');
    assert.equal(nearest([]), undefined);
  });
});

describe('the key of a task', () => {
  const json = fc.jsonValue({ maxDepth: 3 }).map((value): Value => JSON.parse(JSON.stringify(value)));
  // Few names and values, so that two keys often agree in parts.
  const name = fc.constantFrom('a', 'b', '');
  const small = fc.oneof(fc.constantFrom<Value>(0, 1, '', null, [], {}, [0], { a: 0 }), json);
  const keys = fc.record({
    activity: name,
    code: fc.dictionary(name, name),
    input: fc.dictionary(name, small),
    files: fc.dictionary(name, name),
    settings: fc.dictionary(name, small),
    seed: fc.nat(1),
  });

  function reversed(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(reversed);
    const entries = Object.entries(value).map(([field, part]) => [field, reversed(part)] as const);
    return Object.fromEntries(entries.toReversed());
  }

  it('is equal whatever the order of keys', () => {
    fc.assert(fc.property(keys, (one) => digest(one) === digest(reversed(one as unknown as Value))));
  });

  it('differs if, and only if, something can be named that differs', () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        const left = JSON.parse(JSON.stringify(one)) as OpenedKey;
        const right = JSON.parse(JSON.stringify(other)) as OpenedKey;
        assert.equal(digest(left) === digest(right), differences(left, right).length === 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('differs for any part that changes', () => {
    fc.assert(
      fc.property(keys, fc.constantFrom('activity', 'code', 'input', 'files', 'settings'), (one, part) => {
        const other = {
          ...one,
          [part]: part === 'activity' ? `${one.activity}!` : { ...one[part], '\u0000new': 1 },
        };
        assert.notEqual(digest(one), digest(other));
      }),
    );
  });
});
