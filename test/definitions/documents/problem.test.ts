import assert from 'node:assert/strict';
import { formatProblem } from '../../../definitions/documents/format-problem.ts';
import { sortProblems, type Problem } from '../../../definitions/documents/problem.ts';

const problem: Problem = {
  code: 'UNKNOWN_KEY',
  message: "Unknown key 'nedds'.",
  advice: "Did you mean 'needs'?",
  file: 'definitions/x.yaml',
  path: 'tasks.a.nedds',
  line: 2,
  column: 3,
};

describe('formatProblem', () => {
  it('shows the line with a mark under the word', () => {
    assert.equal(
      formatProblem(problem, 'tasks:\n  nedds: [b]\n'),
      [
        "definitions/x.yaml:2:3 UNKNOWN_KEY Unknown key 'nedds'.",
        '  2 |   nedds: [b]',
        '    |   ^^^^^',
        "  Did you mean 'needs'?",
      ].join('\n'),
    );
  });

  it('does without the source', () => {
    assert.equal(formatProblem(problem).split('\n').length, 2);
    assert.equal(formatProblem({ ...problem, line: 9 }, 'a\n').split('\n').length, 2);
  });

  it('lets no control character through', () => {
    const shown = formatProblem(
      { ...problem, message: '\u001B[31mred\u202E' },
      'a\n  \u001B]0;title\u0007 x\n',
    );
    assert.doesNotMatch(shown.replaceAll('\n', ''), /[\p{Cc}\u202E]/u);
  });

  it('hides keys and passwords in the source', () => {
    const source = `\n  key: sk-${'a1'.repeat(12)} https://me:secret@host/v1\n`;
    const shown = formatProblem(problem, source);
    assert.ok(!shown.includes('a1a1') && !shown.includes('secret'), shown);
    assert.ok(shown.includes('@host/v1'));
  });

  it('cuts a long line around the place', () => {
    const shown = formatProblem(
      { ...problem, line: 1, column: 5_001 },
      `${'a '.repeat(2_500)}b${' c'.repeat(2_500)}`,
    );
    const [, line = '', mark = ''] = shown.split('\n');
    assert.ok(line.length < 150);
    assert.equal(line[mark.indexOf('^')], 'b');
  });
});

function at(file: string, line: number, column: number): Problem {
  return { ...problem, file, line, column };
}

describe('sortProblems', () => {
  it('sorts by file, line and column', () => {
    const sorted = sortProblems([at('b', 1, 1), at('a', 2, 1), at('a', 1, 9), at('a', 1, 2)]);
    assert.deepEqual(
      sorted.map(({ file, line, column }) => `${file}${line}${column}`),
      ['a12', 'a19', 'a21', 'b11'],
    );
  });
});
