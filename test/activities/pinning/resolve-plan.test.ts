import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlanResolver } from '../../../activities/pinning/resolve-plan.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { createMemoryStore } from '../../support/memory-store.ts';

describe('createPlanResolver', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-plans-'));
    for (const folder of ['configs', 'model_input'])
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
    await cp(join(packageRoot, 'definitions', 'smoke.yaml'), join(root, 'definitions', 'smoke.yaml'));
    const write = (name: string, tasks: string): Promise<void> =>
      writeFile(join(root, 'definitions', `${name}.yaml`), `name: ${name}\ntasks: ${tasks}\n`);
    await write('outer', '{ one: { workflow: constructor } }');
    await write('constructor', '{ one: { workflow: inner } }');
    await write('inner', '{ one: { wait: { for: 1s } } }');
  });
  after(() => rm(root, { recursive: true }));

  it('pins what a run runs, at any depth and whatever its name, with those that run others themselves', async () => {
    const resolve = createPlanResolver(root, createMemoryStore(), new Map());
    const { plans } = await resolve('outer', {});
    assert.ok(plans !== undefined);
    await rm(join(root, 'definitions'), { recursive: true });
    const between = await resolve('constructor', { plans });
    assert.deepEqual([between.definition.name, between.plans], ['constructor', plans]);
    const inner = await resolve('inner', { plans });
    assert.deepEqual([inner.definition.name, inner.plans], ['inner', undefined]);
    await assert.rejects(resolve('toString', { plans }), { type: 'UNKNOWN_DEFINITION' });
  });
});
