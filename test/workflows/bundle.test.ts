import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { bundleSources, packageRoot, workflowBundlePath } from '../../workers/workflow-bundle.ts';
import { quietLogger } from '../support/temporal.ts';

describe('the workflow bundle', function () {
  // Some seconds of work, on a machine that may have much else to do.
  this.timeout(600_000);

  it('can be built, has the interpreter for every workflow type, and no module of Node (invariant 1)', async () => {
    const path = await workflowBundlePath(packageRoot, quietLogger);
    const code = await readFile(path, 'utf8');
    assert.match(code, /runDefinition/);
    // Webpack leaves `require("node:…")` or an external of that name where a module of Node is reached.
    assert.doesNotMatch(
      code.replaceAll(/^\/\/# sourceMappingURL=.*$/gmu, ''),
      /require\(["']node:|external ["']node:/,
    );
  });

  it('is built anew for every file of workflows and definitions that changes, in whatever folder', async () => {
    const sources = await bundleSources();
    for (const file of ['workflows/index.ts', 'workflows/tasks/task-runner.ts', 'definitions/model/join.ts'])
      assert.ok(sources.includes(file), file);
  });

  it('is built once for the same sources', async () => {
    const first = await workflowBundlePath(packageRoot, quietLogger);
    assert.equal(await workflowBundlePath(packageRoot, quietLogger), first);
  });
});
