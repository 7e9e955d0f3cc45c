import assert from 'node:assert/strict';
import { restoringAdapters } from '../../../../activities/inference/servers/restore-adapters.ts';
import type { ChatAnswer, ChatCall } from '../../../../activities/inference/model-client.ts';
import { ModelError } from '../../../../activities/inference/model-error.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const model = { endpoints: ['http://one/v1'], name: 'main' };
const callOf = (name: string): ChatCall => ({
  role: 'main_model',
  config: {
    model: { ...model, name },
    sampling: { temperature: 0, topP: 1, maxTokens: 1 },
    request: { timeout: '1s', maxAttempts: 1, concurrency: 1 },
  },
  messages: [],
  seed: 0,
  signal: new AbortController().signal,
});

/** A server that knows the adapters it was told of, until it is restarted. */
function serve() {
  const known = new Set<string>();
  let loads = 0;
  const models = restoringAdapters(
    ({ config }) =>
      known.has(config.model.name)
        ? Promise.resolve({ text: config.model.name } as ChatAnswer)
        : Promise.reject(new ModelError('NO_SUCH_MODEL', 'http://one/v1', 'unknown')),
    {
      ...noAdapters,
      async load(_, { name }) {
        loads += 1;
        known.add(name);
      },
    },
  );
  return { models, restart: () => known.clear(), loads: () => loads };
}

describe('adapters of a server that was restarted', () => {
  it('are there again before the call that misses them is answered', async () => {
    const { models, restart, loads } = serve();
    await models.adapters.load(model, { name: 'tuned', path: '/tuned' });
    assert.equal((await models.chat(callOf('tuned'))).text, 'tuned');
    restart();
    assert.equal((await models.chat(callOf('tuned'))).text, 'tuned');
    assert.equal(loads(), 2);
  });

  it('come back although another server of the role is down', async () => {
    let isLost = true;
    const gone = new ModelError('CONNECTION_FAILED', 'http://two/v1', 'down');
    let loads = 0;
    const models = restoringAdapters(
      () =>
        isLost
          ? Promise.reject(new ModelError('NO_SUCH_MODEL', 'http://one/v1', 'unknown'))
          : Promise.resolve({ text: 'tuned' } as ChatAnswer),
      {
        ...noAdapters,
        load: async () => {
          loads += 1;
          if (loads === 1) return;
          isLost = false;
          throw gone;
        },
      },
    );
    await models.adapters.load(model, { name: 'tuned', path: '/tuned' });
    assert.equal((await models.chat(callOf('tuned'))).text, 'tuned');
  });

  it('are not looked for under names that nobody has loaded', async () => {
    const { models, loads } = serve();
    await assert.rejects(models.chat(callOf('typo')), ModelError);
    assert.equal(loads(), 0);
  });
});
