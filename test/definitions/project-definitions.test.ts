import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { activityCatalogue } from '../../activities/index.ts';
import { loadSettings } from '../../configs/load.ts';
import { listDefinitions } from '../../definitions/loading/files.ts';
import { loadDefinition } from '../../definitions/load.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

describe('the definitions of the project', () => {
  it('pass every check with the real activities and task queues', async () => {
    const settings = await loadSettings(project);
    assert.ok(settings.ok);
    const context = { catalogue: activityCatalogue(), queues: Object.keys(settings.value.queues) };
    const files = await listDefinitions(project);
    assert.ok(files.includes('definitions/prose.yaml') && files.includes('definitions/smoke.yaml'));
    for (const file of files) {
      const checked = await loadDefinition(project, file, context);
      assert.deepEqual(checked.ok ? [] : checked.problems, [], file);
    }
  });
});
