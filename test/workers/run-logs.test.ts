import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { SecretKeeper } from '../../definitions/documents/secret-keeper.ts';
import { openBackend } from '../../activities/store/open-backend.ts';
import { runLogFile } from '../../activities/store/run-paths.ts';
import { createWorkerLogger } from '../../workers/run-logs.ts';

describe('createWorkerLogger', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-logs-'));
  });

  async function linesOf(runId: string): Promise<string[]> {
    const text = await readFile(join(root, runLogFile(runId)), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  }

  it('puts the lines of each run into its own file, and no others', async () => {
    const log = createWorkerLogger(openBackend(root), new PassThrough(), new SecretKeeper());
    log.child({ runId: 'one' }).info('first of one');
    log.child({ runId: 'two', task: 'a' }).info('first of two');
    log.child({ runId: 'one' }).error('second of one');
    log.info('of no run');
    assert.deepEqual(await linesOf('one'), ['first of one', 'second of one']);
    assert.deepEqual(await linesOf('two'), ['first of two']);
    assert.deepEqual((await readdir(join(root, 'results', 'logs'))).toSorted(), ['one.jsonl', 'two.jsonl']);
  });

  it('repeats warnings on standard error, and nothing below', () => {
    const standardError = new PassThrough();
    const log = createWorkerLogger(openBackend(root), standardError, new SecretKeeper());
    log.child({ runId: 'one' }).info('quiet');
    log.child({ runId: 'one' }).warn('loud');
    const text = String(standardError.read());
    assert.match(text, /loud/);
    assert.doesNotMatch(text, /quiet/);
  });

  it('keeps a run id from leaving the folder', () => {
    assert.equal(runLogFile('../../etc/x'), 'results/logs/..%2F..%2Fetc%2Fx.jsonl');
    assert.equal(runLogFile('..'), 'results/logs/%2E%2E.jsonl');
    assert.ok(runLogFile('x'.repeat(999)).length < 255);
    assert.notEqual(runLogFile('x'.repeat(998)), runLogFile('x'.repeat(999)));
  });

  it('goes on when the file cannot be written', async () => {
    await writeFile(join(root, 'results'), 'a file where the folder should be');
    const standardError = new PassThrough();
    createWorkerLogger(openBackend(root), standardError, new SecretKeeper())
      .child({ runId: 'one' })
      .info('lost');
    assert.match(String(standardError.read()), /No log of run one/);
  });
});
