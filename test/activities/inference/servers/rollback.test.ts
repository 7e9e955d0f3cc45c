import assert from 'node:assert/strict';
import { createModelClient } from '../../../../activities/inference/create-model-client.ts';
import type { RoleConfig } from '../../../../configs/settings/types.ts';
import { serveVersion } from '../../../../activities/inference/servers/serve-version.ts';
import { createStore } from '../../../../activities/store/create-store.ts';
import {
  promoteVersion,
  readChampion,
  rollBackChampion,
  writeModelVersion,
} from '../../../../activities/store/model-registry.ts';
import type { Store } from '../../../../activities/store/store.ts';
import { startModelServer } from '../../../../deploy/model-server/server.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { withTemporaryRoot } from '../../store/temporary-root.ts';

const role = 'main_model';
const { signal } = new AbortController();
type Client = ReturnType<typeof createModelClient>;
type Server = Awaited<ReturnType<typeof startModelServer>>;

/** Two servers of a role, and a registry with two versions that are adapters. */
async function withServers(
  work: (parts: {
    readonly servers: Server[];
    readonly client: Client;
    readonly store: Store;
    readonly config: RoleConfig;
  }) => Promise<void>,
): Promise<void> {
  await withTemporaryRoot(async (root) => {
    const servers = [await startModelServer(), await startModelServer()];
    const store = await createStore({ root });
    const client = createModelClient({ embeddedUrl: undefined, apiKey: () => undefined, log: silentLog });
    const config = {
      model: { endpoints: servers.map(({ endpoint }) => endpoint), name: 'simulated-main' },
      sampling: { temperature: 0, topP: 1, maxTokens: 1000 },
      request: { timeout: '10s', maxAttempts: 1, concurrency: 2, cache: false },
    };
    try {
      for (const version of ['old', 'new']) {
        const origin = { trainer: 'sft', run: 'r', settingsDigest: '', seed: 0, parents: [], data: {} };
        const manifest = { role, version, ...origin, simulated: false } as const;
        await writeModelVersion(store, manifest, { 'adapter_config.json': '{"r": 8}' });
      }
      await work({ servers, client, store, config });
    } finally {
      await client.close();
      await store.close();
      for (const server of servers) await server.close();
    }
  });
}

/** The models by whose name each server answers. */
async function answersOf(client: Client, config: RoleConfig): Promise<(string | undefined)[]> {
  const asked = config.model.endpoints.map(async (endpoint) => {
    const only = { ...config, model: { ...config.model, endpoints: [endpoint] } };
    const messages = [{ role: 'user' as const, content: 'What is rye flour?' }];
    return (await client.chat({ role, config: only, messages, seed: 1, signal })).model;
  });
  return Promise.all(asked);
}

describe('a rollback', () => {
  it('has every server answer as the old champion again, also one that was restarted since', () =>
    withServers(async ({ servers, client, store, config }) => {
      const serveChampion = async (): Promise<RoleConfig> => {
        const champion = await readChampion(store, role);
        return serveVersion({ models: client, store, signal }, config, role, champion?.version ?? '');
      };
      await promoteVersion(store, role, 'old', 'r');
      await serveChampion();
      await promoteVersion(store, role, 'new', 'r');
      assert.deepEqual(await answersOf(client, await serveChampion()), ['main_model-new', 'main_model-new']);
      const port = Number(new URL(servers[1]!.endpoint).port);
      await servers[1]!.close();
      servers[1] = await startModelServer({ port });
      await rollBackChampion(store, role);
      assert.deepEqual(await answersOf(client, await serveChampion()), ['main_model-old', 'main_model-old']);
    }));
});

describe('a server that was restarted', () => {
  it('has its adapter before its next call is answered, while another server of the role is down', () =>
    withServers(async ({ servers, client, store, config }) => {
      const served = await serveVersion({ models: client, store, signal }, config, role, 'new');
      const port = Number(new URL(servers[0]!.endpoint).port);
      await servers[0]!.close();
      await servers[1]!.close();
      servers[0] = await startModelServer({ port });
      // The call may meet the one that is down first.
      const asked = { ...served, request: { ...served.request, maxAttempts: 4 } };
      const messages = [{ role: 'user' as const, content: 'What is rye flour?' }];
      const { model } = await client.chat({ role, config: asked, messages, seed: 1, signal });
      assert.equal(model, 'main_model-new');
    }));
});
