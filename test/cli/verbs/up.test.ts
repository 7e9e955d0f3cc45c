import assert from 'node:assert/strict';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CliContext } from '../../../cli/context.ts';
import { findTemporalCli } from '../../../cli/verbs/up.ts';

function contextWith(env: NodeJS.ProcessEnv): { context: CliContext } {
  const stream = new PassThrough();
  const never = (): (() => void) => () => {};
  const streams = { stdin: stream, stdout: stream, stderr: stream };
  return { context: { env, cwd: '/', ...streams, onInterrupt: never, onEndSignal: never } };
}

describe('prose up', () => {
  let program: string;
  before(async () => {
    program = join(await mkdtemp(join(tmpdir(), 'prose-up-')), 'temporal');
    await writeFile(
      program,
      '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.41.0)"\necho --db-filename\n',
    );
    await chmod(program, 0o755);
  });

  it('knows where the temporal program of its server lies', async () => {
    assert.equal(await findTemporalCli(contextWith({ TEMPORAL_CLI_PATH: program })), program);
  });

  it('names no program for a server that is not ours, nor one that does not work', async () => {
    const env = { TEMPORAL_ADDRESS: 'host:7233', TEMPORAL_CLI_PATH: program };
    assert.equal(await findTemporalCli(contextWith(env)), undefined);
    assert.equal(await findTemporalCli(contextWith({ TEMPORAL_CLI_PATH: `${program}-absent` })), undefined);
  });
});
