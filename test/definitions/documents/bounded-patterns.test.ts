import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { boundedPatterns } from '../../../definitions/documents/bounded-patterns.ts';

const matcher = (pattern: string): ((value: string) => boolean) =>
  new Ajv2020({ code: { regExp: boundedPatterns } }).compile<string>({ type: 'string', pattern });

/** What every pattern is made of that means the same to JavaScript and RE2. */
const part = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\u0061',
  '\\u{62}',
  '(a|b)',
  '(?:ab)',
  'é',
  '\\.',
);
const pattern = fc
  .array(fc.tuple(part, fc.constantFrom('', '*', '+', '?', '{1,2}')).map(([one, many]) => one + many))
  .map((parts) => parts.join(''));
const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', 'é', '😀') });

describe('boundedPatterns', () => {
  it('match what they match in JavaScript, in whole and in part', () =>
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, value, isWhole) => {
        const one = isWhole ? `^${source}$` : source;
        assert.equal(matcher(one)(value), new RegExp(one, 'u').test(value));
      }),
    ));

  for (const hostile of ['^(a+)+$', '^(a|aa)+$', '^(a|a?)+$', '(a*)*b', '(.*)(.*)(.*)(.*)(.*)(.*)[^a]'])
    it(`end for ${hostile}`, () => {
      assert.equal(matcher(hostile)(`${'a'.repeat(50_000)}${hostile.endsWith('$') ? '!' : ''}`), false);
    });

  it('tell patterns of one schema apart', () => {
    const schema = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    const validate = new Ajv2020({ strict: false, code: { regExp: boundedPatterns } }).compile(schema);
    assert.ok(validate({ a: 'a', b: 'b' }));
    assert.ok(!validate({ a: 'a', b: 'a' }));
  });

  it('do not match a text that would take too long', () => {
    const matches = matcher('^(a|b)*a(a|b){200}$');
    assert.equal(matches('a'.repeat(1_000)), true);
    assert.equal(matches('a'.repeat(1_000_000)), false);
  });

  for (const wrong of ['(', '(?=a)b', '(a)\\1', `a${'b'.repeat(1_000)}`, '[ab]{900}[cd]{900}'])
    it(`refuse ${wrong.slice(0, 30)} when it is compiled`, () => {
      assert.throws(() => matcher(wrong));
    });
});
