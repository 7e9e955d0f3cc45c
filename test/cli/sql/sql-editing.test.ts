import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  completeWord,
  HISTORY_SIZE,
  historyFile,
  readHistory,
  writeHistory,
} from '../../../cli/sql/sql-editing.ts';

describe('the line editor of the SQL shell', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'prose-history-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('completes the last word by the names of views and columns, in any case', () => {
    const names = ['pair_idx', 'pairs', 'prompts', 'ownScore', '.mode'];
    assert.deepEqual(completeWord('select Pai', names), [['pair_idx', 'pairs'], 'Pai']);
    assert.deepEqual(completeWord('select owns', names), [['ownScore'], 'owns']);
    assert.deepEqual(completeWord('.mo', names), [['.mode'], '.mo']);
    assert.deepEqual(completeWord('select x from ', names), [[], '']);
    assert.deepEqual(completeWord('nothing', names), [[], 'nothing']);
  });

  it('remembers the latest lines, for the person alone', async () => {
    const file = historyFile({ HOME: home });
    assert.ok(file.startsWith(home));
    assert.deepEqual(await readHistory(file), []);
    const lines = Array.from({ length: HISTORY_SIZE + 5 }, (_, index) => `select ${index};`);
    await writeHistory(file, lines);
    assert.deepEqual(await readHistory(file), lines.slice(0, HISTORY_SIZE));
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('goes without where it cannot write', async () => {
    await writeFile(join(home, 'file'), '');
    await writeHistory(join(home, 'file', 'sql_history'), ['select 1;']);
    assert.deepEqual(await readHistory(join(home, 'file', 'sql_history')), []);
  });
});
