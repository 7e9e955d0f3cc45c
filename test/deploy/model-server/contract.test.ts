import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer } from '../../../deploy/model-server/server.ts';
import type { ModelServer } from '../../../deploy/model-server/server.ts';
import { describeContract } from '../../vllm/contract.ts';

describe('model server, as vLLM', () => {
  const apiKey = 'sk-contract-0123456789';
  let server: ModelServer;
  let folder: string;
  before(async () => {
    // With slots and a speed, so that requests wait and run as on a real one.
    server = await startModelServer({ apiKey, slots: 8, tokensPerSecond: 400 });
    folder = await mkdtemp(join(tmpdir(), 'adapters-'));
    for (const [name, r] of Object.entries({ champion: 8, challenger: 8, tooLarge: 32 })) {
      await mkdir(join(folder, name));
      const config = { peft_type: 'LORA', r, base_model_name_or_path: 'simulated-main' };
      await writeFile(join(folder, name, 'adapter_config.json'), JSON.stringify(config));
    }
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  describeContract(() => ({
    url: server.url,
    model: 'simulated-main',
    apiKey,
    adapters: {
      champion: join(folder, 'champion'),
      challenger: join(folder, 'challenger'),
      tooLarge: join(folder, 'tooLarge'),
    },
  }));
});
