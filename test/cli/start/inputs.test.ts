import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblems } from '../../../cli/text/problems-text.ts';

const problem = {
  code: 'BAD_NAME',
  message: 'wrong',
  advice: 'right',
  path: '',
  line: 2,
  column: 1,
} as const;

describe('formatProblems', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-problems-'));
    await mkdir(join(root, 'definitions'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('shows the line that a problem stands in', async () => {
    await writeFile(join(root, 'definitions/x.yaml'), 'name: x\ntasks: wrong\n');
    const [text] = await formatProblems(root, [{ ...problem, file: 'definitions/x.yaml' }]);
    assert.match(text ?? '', /2 \| tasks: wrong/);
  });

  it('does not wait for who writes into a pipe, nor look outside the project', async () => {
    execFileSync('/usr/bin/env', ['mkfifo', join(root, 'definitions/pipe.yaml')]);
    for (const file of ['definitions/pipe.yaml', '../elsewhere.yaml']) {
      const [text] = await formatProblems(root, [{ ...problem, file }]);
      assert.match(text ?? '', /BAD_NAME/);
    }
  });
});
