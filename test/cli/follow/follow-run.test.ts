import assert from 'node:assert/strict';
import { CliError } from '../../../cli/cli-error.ts';
import { lookPatiently } from '../../../cli/follow/follow-run.ts';
import { isConnectionLost } from '../../../cli/follow/lost-connection.ts';
import type { RunView } from '../../../cli/follow/watch-run.ts';

const unavailable = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
const lost = new Error('Failed to describe workflow', { cause: unavailable });
const view: RunView = {
  pending: [{ instance: 'a', attempt: 1 }],
  progress: new Map([['a', { done: 1, total: 2, unit: 'rows' }]]),
  isEnded: false,
};

describe('watching a run whose server goes away', () => {
  let notes: string[];
  let results: (RunView | Error)[];
  let now: number;
  let look: () => Promise<RunView>;
  beforeEach(() => {
    [notes, results, now] = [[], [], 0];
    look = lookPatiently(
      { note: (line) => void notes.push(line) },
      { address: 'host:1' },
      async () => {
        const result = results.shift();
        if (result === undefined || result instanceof Error) throw result ?? lost;
        return result;
      },
      () => now,
    );
  });

  it('goes on without a status, keeps the progress, and sees the server come back', async () => {
    results = [view, lost, lost, view];
    assert.equal(await look(), view);
    const unseen = { pending: [], progress: view.progress, isEnded: false };
    assert.deepEqual(await look(), unseen);
    assert.deepEqual(await look(), unseen);
    assert.equal(await look(), view);
    assert.equal(notes.length, 2);
  });

  it('gives up at last, and says what brings the run back', async () => {
    await look();
    now = 3_600_000;
    await assert.rejects(
      look(),
      (error) =>
        error instanceof CliError &&
        error.code === 'NO_TEMPORAL' &&
        error.message.includes('`prose up`') &&
        error.message.includes('`prose status`'),
    );
  });

  it('takes no other error for a lost connection', async () => {
    const other = new Error('Failed to describe workflow', {
      cause: Object.assign(new Error('denied'), { code: 7 }),
    });
    results = [other];
    await assert.rejects(look(), (error) => error === other);
    assert.equal(isConnectionLost('14'), false);
  });
});
