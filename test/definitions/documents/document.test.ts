import assert from 'node:assert/strict';
import type { Path } from '../../../definitions/model/walk-json.ts';
import { parseDocument } from '../../../definitions/documents/parse-document.ts';

describe('parseDocument', () => {
  it('refuses nesting that would overflow the stack, in every style', () => {
    const styles = ['['.repeat(50_000), '{a: '.repeat(50_000), '- '.repeat(50_000), '? '.repeat(50_000)];
    const staircase = Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
    for (const deep of [...styles, staircase]) {
      const checked = parseDocument(deep, 'deep.yaml');
      assert.deepEqual(
        checked.ok ? [] : checked.problems.map(({ code }) => code),
        ['TOO_DEEP'],
        deep.slice(0, 10),
      );
    }
  });

  it('allows 64 maps and lists inside one another, and no more, aliases written out', () => {
    const problemsOf = (text: string): readonly string[] => {
      const checked = parseDocument(text, 'deep.yaml');
      return checked.ok ? [] : checked.problems.map(({ code }) => code);
    };
    const lists = (count: number, inner: string): string => '['.repeat(count) + inner + ']'.repeat(count);
    assert.deepEqual(problemsOf(lists(64, '1')), []);
    assert.deepEqual(problemsOf(lists(65, '1')), ['TOO_DEEP']);
    // The map, and what is inside it.
    assert.deepEqual(problemsOf(`a: &x ${lists(30, '1')}\nb: ${lists(33, '*x')}\n`), []);
    assert.deepEqual(problemsOf(`a: &x ${lists(30, '1')}\nb: ${lists(34, '*x')}\n`), ['TOO_DEEP']);
  });

  it('allows an anchor that is used a few times', () => {
    const checked = parseDocument('a: &x { b: 1 }\nc: *x\n', 'alias.yaml');
    assert.deepEqual(checked.ok && checked.value.value, { a: { b: 1 }, c: { b: 1 } });
  });

  it('refuses whole numbers that would become others, with their line, and takes all others as they are', () => {
    for (const digits of [
      '9007199254740993',
      '12345678901234567890',
      '-9007199254740993',
      '9007199254740993.0',
      '1e-400',
      '-0.1e-999',
      '0xFFFFFFFFFFFFFFFF',
    ]) {
      const parsed = parseDocument(`a: 1\nb: [${digits}]\n`, 'd.yaml');
      assert.deepEqual(
        parsed.ok || parsed.problems.map(({ code, line, column }) => [code, line, column]),
        [['WRONG_TYPE', 2, 5]],
        digits,
      );
    }
    for (const digits of [
      '9007199254740991',
      '-9007199254740991',
      '0x1F',
      '1e3',
      '3.141592653589793238',
      '1e20',
    ])
      assert.ok(parseDocument(`a: ${digits}\n`, 'd.yaml').ok, digits);
    assert.ok(parseDocument("a: '12345678901234567890'\n", 'd.yaml').ok);
  });

  it('counts lines alike whatever ends them', () => {
    for (const end of ['\n', '\r\n']) {
      const checked = parseDocument(`a: 1${end}b: 2${end}b: 3${end}`, 'ends.yaml');
      assert.deepEqual(checked.ok ? [] : checked.problems.map(({ line, column }) => [line, column]), [
        [3, 1],
      ]);
    }
    const carriage = parseDocument('# one\r# two\nb: 2\nb: 3\n', 'ends.yaml');
    assert.deepEqual(carriage.ok ? [] : carriage.problems.map(({ line }) => line), [4]);
  });

  it('places problems at keys, at values, inside quoted texts and behind aliases', () => {
    const checked = parseDocument("list:\n  - &x { key: 'it is here' }\n  - *x\n", 'places.yaml');
    assert.ok(checked.ok);
    const finding = { code: 'WRONG_TYPE', message: '', advice: '' } as const;
    const place = (at: Path, part: 'key' | 'value' = 'value', offset = 0): string => {
      const { line, column } = checked.value.locate({ ...finding, at, place: part, offset });
      return `${line}:${column}`;
    };
    assert.equal(place(['list'], 'key'), '1:1');
    assert.equal(place(['list', 0, 'key'], 'key'), '2:10');
    assert.equal(place(['list', 0, 'key']), '2:15');
    assert.equal(place(['list', 0, 'key'], 'value', 6), '2:22');
    assert.equal(place(['list', 1, 'key']), '2:15');
    assert.equal(place(['list', 0, 'none']), '2:8');
    assert.equal(checked.value.locate({ ...finding, at: ['list', 0, 'key'] }).path, 'list[0].key');
  });
});
