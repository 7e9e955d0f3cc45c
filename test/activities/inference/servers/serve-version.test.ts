import assert from 'node:assert/strict';
import { createModelClient } from '../../../../activities/inference/create-model-client.ts';
import { serveVersion } from '../../../../activities/inference/servers/serve-version.ts';
import { createStore } from '../../../../activities/store/create-store.ts';
import { writeModelVersion, type Manifest } from '../../../../activities/store/model-registry.ts';
import { startModelServer } from '../../../../deploy/model-server/server.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { withTemporaryRoot } from '../../store/temporary-root.ts';

describe('serveVersion', () => {
  it('has champion and challenger of the registry answer side by side, each under its own name', () =>
    withTemporaryRoot(async (root) => {
      const server = await startModelServer();
      const store = await createStore({ root });
      const options = { embeddedUrl: server.endpoint, apiKey: () => undefined, log: silentLog };
      const client = createModelClient(options);
      const config = {
        model: { endpoints: ['embedded'], name: 'simulated-main' },
        sampling: { temperature: 0, topP: 1, maxTokens: 1000 },
        request: { timeout: '10s', maxAttempts: 1, concurrency: 2 },
      };
      try {
        const answered = await Promise.all(
          ['champion-1', 'challenger-2'].map(async (version) => {
            const manifest = { role: 'main_model', version } as Manifest;
            await writeModelVersion(store, manifest, { 'adapter_config.json': '{"r": 8}' });
            const { signal } = new AbortController();
            const served = await serveVersion(
              { models: client, store, signal },
              config,
              'main_model',
              version,
            );
            const { model } = await client.chat({
              role: 'main_model',
              config: served,
              messages: [{ role: 'user', content: 'What is rye flour?' }],
              seed: 1,
              signal: new AbortController().signal,
            });
            return model;
          }),
        );
        assert.deepEqual(answered, ['main_model-champion-1', 'main_model-challenger-2']);
      } finally {
        await client.close();
        await store.close();
        await server.close();
      }
    }));
});
