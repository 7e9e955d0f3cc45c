import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdapterError, createAdapters } from '../../../../activities/inference/servers/adapters.ts';
import { startModelServer } from '../../../../deploy/model-server/server.ts';
import type { ModelServer } from '../../../../deploy/model-server/server.ts';
import { failsWith } from '../with-client.ts';

// What one server makes of adapters is in test/vllm/adapter-contract.ts.
describe('adapters', () => {
  let servers: readonly ModelServer[];
  let path: string;
  const adapters = createAdapters({ embeddedUrl: undefined, apiKey: () => undefined });
  const modelAt = (...endpoints: readonly string[]): { endpoints: readonly string[]; name: string } => ({
    endpoints,
    name: 'simulated-main',
  });
  beforeEach(async () => {
    servers = await Promise.all([startModelServer(), startModelServer()]);
    path = mkdtempSync(join(tmpdir(), 'adapter-'));
    writeFileSync(join(path, 'adapter_config.json'), '{"r": 8}');
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    rmSync(path, { recursive: true });
  });

  it('go to every endpoint of a model, and from every one', async () => {
    const model = modelAt(...servers.map(({ endpoint }) => endpoint));
    const served = { name: 'v1', path, base: 'simulated-main' };
    await adapters.load(model, { name: 'v1', path });
    assert.deepEqual(await adapters.list(model), [[served], [served]]);
    await adapters.unload(model, 'v1');
    assert.deepEqual(await adapters.list(model), [[], []]);
  });

  it('that one server has already are loaded into the others', async () => {
    const [first, second] = servers.map(({ endpoint }) => endpoint);
    assert.ok(first !== undefined && second !== undefined);
    await adapters.load(modelAt(second), { name: 'v1', path });
    await adapters.load(modelAt(first, second), { name: 'v1', path });
    assert.deepEqual(
      (await adapters.list(modelAt(first, second))).map((list) => list.length),
      [1, 1],
    );
  });

  it('reach the servers that are up where one is down, and the error says which is not', async () => {
    const [up, down] = servers;
    assert.ok(up !== undefined && down !== undefined);
    await down.close();
    const isDown = failsWith('CONNECTION_FAILED', ({ endpoint }) => endpoint === down.endpoint);
    await assert.rejects(adapters.load(modelAt(down.endpoint, up.endpoint), { name: 'v1', path }), isDown);
    assert.equal((await adapters.list(modelAt(up.endpoint)))[0]?.length, 1);
  });

  it('cannot be loaded into a server without the endpoints, and the error says how to start vLLM', async () => {
    const server = createServer(({ url }, response) => {
      const isList = url === '/v1/models';
      response.writeHead(isList ? 200 : 404).end(isList ? '{"data": []}' : '{"detail":"Not Found"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      await assert.rejects(
        adapters.load(modelAt(`http://127.0.0.1:${port}/v1`), { name: 'v1', path }),
        (error: unknown) =>
          error instanceof AdapterError &&
          error.code === 'NO_ADAPTER_SUPPORT' &&
          error.message.includes('VLLM_ALLOW_RUNTIME_LORA_UPDATING=1') &&
          error.message.includes('--enable-lora'),
      );
    } finally {
      server.close();
    }
  });
});
