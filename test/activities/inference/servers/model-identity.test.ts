import assert from 'node:assert/strict';
import { createEndpoints } from '../../../../activities/inference/servers/endpoints.ts';
import { identityOf } from '../../../../activities/inference/servers/model-identity.ts';
import { send, startServer } from '../model-server.ts';

/** The identities of the model `main` at two servers that list it so, in two processes one after the other. */
async function identities(...entries: readonly [object, object]): Promise<readonly string[]> {
  let round = 0;
  const server = await startServer(
    () => {},
    (response) => send(response, 200, { data: [{ id: 'main', ...entries[round++] }] }),
  );
  const found: string[] = [];
  try {
    for (const _ of entries) {
      const endpoints = createEndpoints(undefined);
      const [endpoint = assert.fail()] = endpoints.resolve([server.url]);
      found.push(await identityOf(endpoint, 'main', undefined));
      await endpoints.close();
    }
  } finally {
    await server.close();
  }
  return found;
}

const isSame = async (...entries: readonly [object, object]): Promise<boolean> => {
  const [one, other] = await identities(...entries);
  return one === other;
};

describe('identityOf', () => {
  it('changes with the weights of a server', async () => {
    assert(!(await isSame({ owned_by: 'library', created: 1 }, { owned_by: 'library', created: 2 })));
    assert(!(await isSame({ meta: { size: 1 } }, { meta: { size: 2 } })));
    assert(!(await isSame({ root: '/a' }, { root: '/b' })));
    assert(!(await isSame({ root: '/a', parent: 'x' }, { root: '/a', parent: 'y' })));
  });

  it('stays with the same weights, whatever else a server says', async () => {
    assert(await isSame({ owned_by: 'vllm', created: 1 }, { owned_by: 'vllm', created: 2 }));
    assert(await isSame({ root: '/a', max_model_len: 5 }, { root: '/a', max_model_len: 6 }));
  });

  it('is that of the server alone where no weights are named', async () => {
    for (const entry of [{}, { meta: { size: 1 } }, { root: 'main', owned_by: 'sglang' }, { parent: 'base' }])
      assert.match((await identities(entry, entry))[0] ?? '', /127\.0\.0\.1/, JSON.stringify(entry));
    for (const entry of [{ root: '/a' }, { root: 'main', owned_by: 'vllm' }, { digest: 'd' }])
      assert.doesNotMatch((await identities(entry, entry))[0] ?? '', /127\.0\.0\.1/, JSON.stringify(entry));
  });
});
