import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findJsonObjects } from '../../../../activities/inference/texts/json-objects.ts';
import { mendFloats, mendJson } from '../../../../activities/inference/texts/mend-json.ts';

const jsonsOf = (text: string): readonly string[] => findJsonObjects(text).map(({ json }) => json);

describe('findJsonObjects', () => {
  it('finds the whole objects that stand in no other one, in their order', () => {
    const text = 'First {"a": {"b": 1}}, then { "c": "}" } and {}.';
    assert.deepEqual(jsonsOf(text), ['{"a": {"b": 1}}', '{ "c": "}" }', '{}']);
    for (const { start, end, json } of findJsonObjects(text)) assert.equal(text.slice(start, end), json);
  });

  it('passes over braces of prose and of code', () => {
    assert.deepEqual(jsonsOf('{name} and {{"a": 1}} and { x } {"b": }{"c": 2}'), ['{"a": 1}', '{"c": 2}']);
  });

  it('mends raw line breaks in strings and commas before a closing bracket', () => {
    const [found] = findJsonObjects('{"a": "one\ntwo", "b": [1, 2, ], }');
    assert.deepEqual(found?.value, { a: 'one\ntwo', b: [1, 2] });
    assert.deepEqual(JSON.parse(found.json), found.value);
  });

  it('ends at an object that was cut off, whatever stands in it', () => {
    assert.deepEqual(jsonsOf('{"a": 1} {"b": {"c": 2}'), ['{"a": 1}']);
    assert.deepEqual(jsonsOf('{"a": 1} {"b": "{}'), ['{"a": 1}']);
  });

  it('heeds escaped quotes', () => {
    assert.deepEqual(jsonsOf(String.raw`{"a": "\"}\\"} {"b": 1}`), [String.raw`{"a": "\"}\\"}`, '{"b": 1}']);
  });

  it('finds every object in any text without braces around it', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(objects, (values) => {
        const text = values.map((value) => `Here: ${JSON.stringify(value)}.`).join('\n');
        assert.deepEqual(
          jsonsOf(text),
          values.map((value) => JSON.stringify(value)),
        );
      }),
    );
  });
});

describe('mending', () => {
  it('leaves what stands in strings, but for control characters', () => {
    assert.equal(mendJson('{"a": ",}", "b": [1,\n]}'), '{"a": ",}", "b": [1\n]}');
    assert.equal(mendJson('["\u0001\t"]'), String.raw`["\u0001\t"]`);
    assert.equal(mendJson('["cut'), '["cut');
  });

  it("takes Python's floats for the largest number and for null, outside of strings", () => {
    assert.equal(
      mendFloats('{"a": NaN, "b": -Infinity, "c": Infinity, "d": "NaN Infinity"}'),
      '{"a": null, "b": -1e308, "c": 1e308, "d": "NaN Infinity"}',
    );
  });
});
