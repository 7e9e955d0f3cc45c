import assert from 'node:assert/strict';
import { sampleLines } from '../../../cli/start/sample-calls.ts';
import { loadSettings } from '../../../configs/load.ts';
import { overrideSettings } from '../../../configs/settings/override-settings.ts';
import type { Budget } from '../../../configs/settings/types.ts';
import type { Duration } from '../../../definitions/model/types.ts';
import { silentLog } from '../../support/silent-log.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { completion, send, startServer, type Handler } from '../../activities/inference/model-server.ts';

const uncounted = { ...completion('red'), usage: null };

describe('sampleLines', () => {
  async function ask(
    handler: Handler,
    budget: Budget | undefined,
    taskTimeout: Duration = '30m',
  ): Promise<{ lines: string[]; asked: number }> {
    const server = await startServer(handler);
    try {
      const loaded = await loadSettings(packageRoot);
      assert(loaded.ok);
      const settings = overrideSettings(loaded.value, { endpoint: server.url, model: 'main' });
      const lines = await sampleLines({ settings, budget, taskTimeout, env: {}, log: silentLog });
      return { lines, asked: server.seen.filter(({ path }) => path.endsWith('/chat/completions')).length };
    } finally {
      await server.close();
    }
  }

  it('tell of a server that does not count tokens, by one call, before a budget of tokens or money is spent', async () => {
    for (const budget of [{ tokens: 100 }, { money: 1 }]) {
      const { lines, asked } = await ask((_request, response) => send(response, 200, uncounted), budget);
      assert.equal(asked, 1);
      assert.equal(lines.length, 1);
    }
  });

  it('are none for a server whose tokenizer counts', async () => {
    const { lines } = await ask(
      ({ path }, response) => send(response, 200, path === '/tokenize' ? { count: 3 } : uncounted),
      { tokens: 100 },
    );
    assert.deepEqual(lines, []);
  });

  it('tell of a server whose longest answer takes longer than a task may', async () => {
    const slow: Handler = (_request, response) =>
      void setTimeout(() => send(response, 200, completion('red')), 50);
    const { lines } = await ask(slow, { tokens: 100 }, '1s');
    assert.equal(lines.length, 1);
  });

  it('are none, and nothing is asked, where no budget needs it', async () => {
    for (const budget of [undefined, {}, { calls: 5 }]) {
      const { lines, asked } = await ask((_request, response) => send(response, 200, uncounted), budget);
      assert.deepEqual([lines, asked], [[], 0]);
    }
  });

  it('are none for a server that refuses', async () => {
    const { lines } = await ask((_request, response) => send(response, 401, 'no'), { tokens: 100 });
    assert.deepEqual(lines, []);
  });
});
