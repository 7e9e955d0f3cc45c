import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseJsonAnswer } from '../../../../activities/inference/texts/parse-json-answer.ts';

describe('parseJsonAnswer', () => {
  const anyObject = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });

  it('finds an object whatever stands around it', () => {
    const prose = fc.string().filter((text) => !/[{]|<\/think>/.test(text));
    fc.assert(
      fc.property(anyObject, prose, prose, fc.constantFrom(undefined, 2), (object, before, after, indent) => {
        const text = JSON.stringify(object, null, indent);
        assert.deepEqual(parseJsonAnswer(`${before}${text}${after}`), JSON.parse(text));
        const last = `${before}\n\`\`\`json\n{"other": 1}\n\`\`\`${text}${after}`;
        assert.deepEqual(parseJsonAnswer(last), JSON.parse(text));
      }),
    );
  });

  it('is undefined for an object that was cut off anywhere', () => {
    fc.assert(
      fc.property(anyObject, fc.nat(), (object, at) => {
        const text = JSON.stringify(object);
        assert.equal(parseJsonAnswer(text.slice(0, at % text.length)), undefined);
      }),
    );
  });

  it('passes over braces that begin no object', () => {
    assert.deepEqual(parseJsonAnswer('use {curly} braces {"like" this} or { "a": {"b": 1} }'), {
      a: { b: 1 },
    });
  });

  it('finds the last one that fits', () => {
    const fits = (value: object): boolean => 'a' in value;
    assert.deepEqual(parseJsonAnswer('{"a": 1} {"a": 2} {"b": 3}', fits), { a: 2 });
    assert.equal(parseJsonAnswer('{"b": 3}', fits), undefined);
  });

  it('is undefined where there is no object', () => {
    for (const text of ['', 'no', '[1, 2]', '"{}"x'.slice(1, 2), 'null', '{', '}{']) {
      assert.equal(parseJsonAnswer(text), undefined);
    }
  });

  // Each takes hours if the time grows with the square of the length; the test's own time limit catches that.
  const million = 1_000_000;
  for (const [what, text] of [
    ['braces', '{'.repeat(million)],
    ['nested beginnings', '{"a":'.repeat(million)],
    ['objects that are none', '{"x"}'.repeat(million)],
    ['nested objects that are none', `${'{"x"'.repeat(million)}${'}'.repeat(million)}`],
    ['nested objects around what is none', `${'{"a":'.repeat(million / 4)}x${'}'.repeat(million / 4)}`],
    ['a string without end', `{"${'a'.repeat(8 * million)}`],
    ['a string of backslashes', `{"${'\\'.repeat(8 * million)}`],
    ['white space', `{${' '.repeat(8 * million)}`],
    ['braces with white space', '{   '.repeat(2 * million)],
    ['quotes', `{${'"'.repeat(8 * million)}`],
  ] as const) {
    it(`ends soon on megabytes of ${what}`, () => {
      assert.equal(parseJsonAnswer(text), undefined);
    });
  }

  it('ends soon on megabytes of objects', () => {
    assert.deepEqual(parseJsonAnswer('{"a": 1}'.repeat(million / 4)), { a: 1 });
  });

  it('reads a long string', () => {
    const value = 'a"\\\n'.repeat(million);
    assert.equal(parseJsonAnswer(JSON.stringify({ value }))?.['value'], value);
  });
});
