import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createCli } from '../../cli/program.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';

describe('createCli', () => {
  it('has a verb for every file of cli/verbs, and a file for every verb', () => {
    const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    const deaf = { onInterrupt: () => () => {}, onEndSignal: () => () => {} };
    const { program } = createCli({ env: {}, cwd: packageRoot, ...streams, ...deaf });
    assert.deepEqual(
      program.commands.map((verb) => `${verb.name()}.ts`).toSorted(),
      readdirSync(join(packageRoot, 'cli/verbs')).toSorted(),
    );
  });
});
