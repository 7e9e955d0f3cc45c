import assert from 'node:assert/strict';
import { coerceParam, resolveParams } from '../../../definitions/checks/params.ts';

const definition = {
  params: {
    size: { type: 'integer', minimum: 8, default: 60 },
    file: { type: 'string' },
    mode: { enum: ['fast', 'slow'], default: 'fast' },
  },
};

function codes(given: unknown): readonly string[] {
  const checked = resolveParams(definition, given);
  return checked.ok ? [] : checked.problems.map(({ code, path }) => `${path} ${code}`);
}

describe('resolveParams', () => {
  it('puts given values over defaults', () => {
    const checked = resolveParams(definition, { file: 'x', size: 8 });
    assert.deepEqual(checked.ok && checked.value, { size: 8, file: 'x', mode: 'fast' });
  });

  it('reports all problems at once', () => {
    assert.deepEqual(codes({ sise: 1, size: 3, mode: 'medium' }), [
      'sise UNKNOWN_PARAM',
      'size WRONG_PARAM',
      'file MISSING_PARAM',
      'mode WRONG_PARAM',
    ]);
  });

  it('says what would be right as people say it', () => {
    const schemas = {
      list: { type: 'array', items: { type: ['string', 'null'] }, default: [] },
      mode: { enum: ['fast', 'slow'], default: 'fast' },
    };
    const advice = (given: object): string => {
      const checked = resolveParams({ params: schemas }, given);
      return checked.ok ? '' : checked.problems.map((problem) => problem.advice).join(' ');
    };
    assert.equal(advice({ list: 'x' }), 'It must be a list.');
    assert.equal(advice({ list: [1] }), "It must be a text or null at '0'.");
    assert.equal(advice({ mode: 'medium' }), 'It must be one of fast, slow.');
  });

  it('tells everything that is wrong with a param at once, and knows like items in whichever order their keys stand', () => {
    const schema = {
      type: 'array',
      uniqueItems: true,
      items: { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } } },
    };
    const advice = (list: unknown): string => {
      const checked = resolveParams({ params: { list: schema } }, { list });
      return checked.ok ? '' : (checked.problems[0]?.advice ?? '');
    };
    assert.match(advice([{ a: 'x', b: 'y' }]), /0.a.*0.b/u);
    assert.notEqual(
      advice([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
      '',
    );
    assert.equal(
      advice([
        { a: 1, b: 2 },
        { a: 2, b: 1 },
      ]),
      '',
    );
    const repeated = resolveParams(
      { params: { list: { ...schema, uniqueItems: false } } },
      { list: [{}, {}] },
    );
    assert.equal(repeated.ok, true);
  });

  it('refuses more than a run may be given, and does not repeat a large value that is wrong', () => {
    const params = { text: { type: 'string' }, n: { type: 'integer' } };
    const codesOf = (given: object): readonly string[] => {
      const checked = resolveParams({ params }, given);
      return checked.ok ? [] : checked.problems.map(({ code }) => code);
    };
    assert.deepEqual(codesOf({ text: 'x'.repeat(1_900_000), n: 1 }), []);
    assert.deepEqual(codesOf({ text: '€'.repeat(700_000), n: 1 }), ['PAYLOAD_TOO_LARGE']);
    const wrong = resolveParams({ params }, { text: '', n: 'x'.repeat(100_000) });
    assert.ok(!wrong.ok && JSON.stringify(wrong.problems).length < 2_000);
  });

  it('does not take what is inherited for a param', () => {
    assert.deepEqual(codes({ file: 'x', constructor: 1 }), ['constructor UNKNOWN_PARAM']);
  });

  it('takes nothing for no params, and refuses what is no map', () => {
    assert.deepEqual(codes(undefined), ['file MISSING_PARAM']);
    for (const given of [[], 'x', 3]) assert.deepEqual(codes(given), [' PARAMS_NOT_MAP']);
    assert.equal(resolveParams({}, null).ok, true);
  });
});

describe('coerceParam', () => {
  it('reads texts of the command line by the type of the schema', () => {
    assert.equal(coerceParam({ type: 'integer' }, '60'), 60);
    assert.equal(coerceParam({ type: 'number' }, '1.5'), 1.5);
    assert.equal(coerceParam({ type: 'boolean' }, 'true'), true);
    assert.deepEqual(coerceParam({ type: 'array' }, '[1, "a"]'), [1, 'a']);
    assert.equal(coerceParam({ type: 'string' }, '60'), '60');
    assert.equal(coerceParam({ enum: ['1'] }, '1'), '1');
  });

  it('leaves a text that is no such value to the check', () => {
    assert.equal(coerceParam({ type: 'integer' }, 'many'), 'many');
    assert.equal(coerceParam({ type: 'boolean' }, 'yes'), 'yes');
  });
});
