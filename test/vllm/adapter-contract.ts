import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdapterError, createAdapters } from '../../activities/inference/servers/adapters.ts';
import type { Adapters } from '../../activities/inference/adapters.ts';
import type { AdapterErrorCode } from '../../activities/inference/servers/adapters.ts';
import type { ChatAnswer, ChatCall } from '../../activities/inference/model-client.ts';
import type { RoleConfig } from '../../configs/settings/types.ts';
import { failsWith } from '../activities/inference/with-client.ts';
import { configOf } from './contract-server.ts';
import type { ContractServer } from './contract-server.ts';

type Ask = (
  changes?: Partial<ChatCall>,
  config?: { model?: Partial<RoleConfig['model']>; sampling?: Partial<RoleConfig['sampling']> },
) => Promise<ChatAnswer>;

/** What is relied on in a server's LoRA adapters. */
export function describeAdapters(server: () => ContractServer, ask: Ask): void {
  describe('adapters', () => {
    let adapters: Adapters;
    let model: RoleConfig['model'];
    before(() => {
      adapters = createAdapters({ embeddedUrl: undefined, apiKey: () => server().apiKey });
      ({ model } = configOf(server()));
    });
    afterEach(async () => {
      for (const name of ['champion', 'challenger']) await adapters.unload(model, name);
    });

    const load = (name: 'champion' | 'challenger'): Promise<void> =>
      adapters.load(model, { name, path: server().adapters[name] });
    const refuses = (promise: Promise<void>, code: AdapterErrorCode): Promise<void> =>
      assert.rejects(promise, (error: unknown) => error instanceof AdapterError && error.code === code);

    it('are loaded, listed and removed while the server serves', async () => {
      const served = Promise.all(
        Array.from({ length: 8 }, (_, seed) => ask({ seed }, { sampling: { maxTokens: 60 } })),
      );
      await load('champion');
      const { champion: path } = server().adapters;
      assert.deepEqual(await adapters.list(model), [[{ name: 'champion', path, base: server().model }]]);
      assert.equal((await ask({}, { model: { name: 'champion' } })).model, 'champion');
      assert.equal((await served).length, 8);
      await adapters.unload(model, 'champion');
      assert.deepEqual(await adapters.list(model), [[]]);
      await assert.rejects(ask({}, { model: { name: 'champion' } }), failsWith('NO_SUCH_MODEL'));
    });

    it('of champion and challenger answer side by side on one server, beside the base model', async () => {
      await load('champion');
      await load('challenger');
      const names = ['champion', 'challenger', server().model];
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) => ask({}, { model: { name: names[index % 3] ?? '' } })),
      );
      assert.deepEqual(
        answers.map((answer) => answer.model),
        Array.from({ length: 12 }, (_, index) => names[index % 3]),
      );
      const [champion] = answers;
      assert.ok(
        answers.filter((answer) => answer.model === 'champion').every(({ text }) => text === champion?.text),
      );
    });

    it('may be loaded or removed twice', async () => {
      await load('champion');
      await load('champion');
      await Promise.all([load('challenger'), load('challenger')]);
      assert.equal((await adapters.list(model))[0]?.length, 2);
      await adapters.unload(model, 'champion');
      await adapters.unload(model, 'champion');
    });

    it('that cannot be used are refused, and the server goes on', async () => {
      const { champion, challenger, tooLarge } = server().adapters;
      const empty = await mkdtemp(join(tmpdir(), 'no-adapter-'));
      await load('champion');
      await refuses(adapters.load(model, { name: 'champion', path: challenger }), 'ADAPTER_NAME_TAKEN');
      await refuses(adapters.load(model, { name: server().model, path: champion }), 'ADAPTER_NAME_TAKEN');
      await refuses(adapters.load(model, { name: 'large', path: tooLarge }), 'ADAPTER_REFUSED');
      await refuses(adapters.load(model, { name: 'none', path: empty }), 'ADAPTER_NOT_FOUND');
      await refuses(adapters.load(model, { name: 'relative', path: 'adapters/a' }), 'BAD_ADAPTER_PATH');
      assert.equal((await ask({}, { model: { name: 'champion' } })).model, 'champion');
    });
  });
}
