import { join } from 'node:path';
import { ensureVllm } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import type { VllmInstallation } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import { startVllm, TINY_MODEL } from '../../deploy/vllm/cpu/start-vllm.ts';
import type { Vllm } from '../../deploy/vllm/cpu/start-vllm.ts';
import { assertNoGainFromNoise } from '../support/noise.ts';
import { describeContract } from './contract.ts';

const setup = { env: process.env, log: (line: string) => void process.stderr.write(`${line}\n`) };

describe('vLLM', function () {
  // Installing it and starting it takes minutes.
  this.timeout(1_800_000);
  const apiKey = 'sk-contract-0123456789';
  let installation: VllmInstallation;
  let vllm: Vllm;
  before(async () => {
    installation = await ensureVllm(setup);
    vllm = await startVllm(installation, apiKey, setup);
  });
  after(() => vllm?.close());

  it('plays every role of a whole run, whose report says that its answers cannot be read and concludes nothing', () =>
    assertNoGainFromNoise({ endpoint: `${vllm.url}/v1`, model: TINY_MODEL, apiKey }));

  describeContract(() => ({
    url: vllm.url,
    model: TINY_MODEL,
    apiKey,
    adapters: {
      champion: join(installation.adapters, 'champion'),
      challenger: join(installation.adapters, 'challenger'),
      tooLarge: join(installation.adapters, 'too-large'),
    },
  }));
});
