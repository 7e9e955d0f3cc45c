import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { Cli } from '../../../cli/cli.ts';
import {
  definitionsOfRun,
  loadCatalogue,
  loadNamedDefinition,
  loadProjectSettings,
} from '../../../cli/start/inputs.ts';
import { taskQueuesOf } from '../../../cli/start/task-queues.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';

describe('the task queues of a run', function () {
  this.timeout(60_000);
  it('are those of its tasks, and of the definitions that they run', async () => {
    const stream = new PassThrough();
    const context = { env: {}, cwd: packageRoot, stdin: stream, stdout: stream, stderr: stream };
    const cli = new Cli(
      { ...context, onInterrupt: () => () => {}, onEndSignal: () => () => {} },
      new Command(),
    );
    const settings = await loadProjectSettings(cli);
    const catalogue = await loadCatalogue(cli.root);
    const queuesOf = async (name: string): Promise<readonly string[]> => {
      const definition = await loadNamedDefinition(cli, name, settings);
      return taskQueuesOf(await definitionsOfRun(cli, definition, settings), catalogue);
    };
    const all = ['gpu-generation', 'gpu-main', 'gpu-training', 'gpu-validator', 'prose'];
    assert.deepEqual((await queuesOf('continual-learning')).toSorted(), all);
    assert.deepEqual(await queuesOf('loop-until'), ['prose']);
  });
});
