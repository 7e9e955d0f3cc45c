import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { putObject } from '../../../activities/store/records/objects.ts';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { runRecordFile } from '../../../activities/store/records/run-record.ts';
import { partsOfRun } from '../../../cli/start/parts-of-run.ts';
import { loadSettings } from '../../../configs/load.ts';
import { withTemporaryRoot } from '../../activities/store/temporary-root.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));

describe('partsOfRun', () => {
  it('leaves the simulated models out for a run of real ones, whatever the configs say by now', async () => {
    await withTemporaryRoot(async (root) => {
      const backend = openBackend(root);
      const pin = async (runId: string, overrides: object): Promise<void> => {
        const settings = await loadSettings(project, overrides);
        assert.ok(settings.ok);
        const settingsDigest = await putObject(backend, settings.value);
        await backend.put(runRecordFile(runId), JSON.stringify({ runId, claim: '', settingsDigest }));
      };
      await pin('real', { endpoint: 'http://gpu-1:8000/v1', model: 'm' });
      await pin('simulated', {});
      await backend.put(runRecordFile('of earlier versions'), JSON.stringify({ runId: 'old', claim: '' }));
      assert.deepEqual(await partsOfRun(backend, 'real'), ['temporal', 'worker']);
      for (const runId of ['simulated', 'of earlier versions', 'nobody'])
        assert.deepEqual((await partsOfRun(backend, runId)).toSorted(), ['models', 'temporal', 'worker']);
      await backend.close();
    });
  });
});
