import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import colors from 'picocolors';
import { formatLogLine } from '../../../cli/text/log-line.ts';
import { shellWord } from '../../../cli/text/shell-word.ts';
import { formatCsv, formatTable } from '../../../cli/text/table-text.ts';

const plain = colors.createColors(false);

describe('a word of a printed command', () => {
  it('is for a shell what it is, and quoted only where it must be', () => {
    const words = ['prose-1/sub:2', 'a b', "it's", '$HOME', 'score[1]', '*', '', '"`\\!;&', 'täglich'];
    const command = `printf '%s\\n' ${words.map(shellWord).join(' ')}`;
    assert.deepEqual(execFileSync('sh', ['-c', command], { encoding: 'utf8' }), `${words.join('\n')}\n`);
    assert.equal(shellWord('prose-1/sub:2'), 'prose-1/sub:2');
  });
});

describe('table', () => {
  const table = {
    columns: ['name', 'n'],
    rows: [
      ['a', 1],
      ['long, "quoted"', null],
      [{ x: 1 }, 20],
    ],
  };

  it('aligns columns, numbers to the right', () => {
    assert.deepEqual(formatTable(table), [
      'name               n',
      '──────────────  ────',
      'a                  1',
      'long, "quoted"  null',
      '{"x":1}           20',
    ]);
  });

  it('quotes CSV as RFC 4180 has it', () => {
    assert.equal(
      formatCsv([table.columns, ...table.rows]),
      'name,n\r\na,1\r\n"long, ""quoted""",\r\n"{""x"":1}",20\r\n',
    );
  });

  it('has as many lines as rows, and two, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.integer())), (rows) => {
        const lines = formatTable({ columns: ['a', 'b'], rows });
        assert.equal(lines.length, rows.length + 2);
        assert.ok(lines.every((line) => !line.includes('\n')));
      }),
    );
  });
});

describe('log line', () => {
  it('shows level, message and fields', () => {
    const line = JSON.stringify({ level: 40, time: 0, pid: 1, msg: 'slow', task: 'train', seconds: 3 });
    assert.match(
      formatLogLine(line, 'info', plain) ?? '',
      /^\d\d:\d\d:\d\d WARN {2}slow {2}task=train {2}seconds=3$/u,
    );
  });

  it('leaves out what is below the level asked for', () => {
    assert.equal(formatLogLine('{"level":20,"msg":"x"}', 'info', plain), undefined);
  });

  it('keeps a line that is no JSON, made harmless', () => {
    assert.equal(formatLogLine('out of \u001B[31mmemory', 'info', plain), 'out of \uFFFD[31mmemory');
  });
});
