import assert from 'node:assert/strict';
import { collectBytes, mayPass } from '../../../activities/attempts/answers-of-servers.ts';

describe('answers of servers', () => {
  it('are taken up to their bound, and no further', async () => {
    let isClosed = false;
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for (const part of ['ab', 'cd', 'ef']) yield Buffer.from(part);
      } finally {
        isClosed = true;
      }
    }
    assert.equal((await collectBytes(body(), 6))?.toString(), 'abcdef');
    isClosed = false;
    assert.equal(await collectBytes(body(), 5), undefined);
    assert.equal(isClosed, true);
  });

  it('may pass where the server was too busy or broken, not where it refused', () => {
    const passing = [400, 404, 408, 409, 428, 429, 430, 499, 500, 503, 599].filter(mayPass);
    assert.deepEqual(passing, [408, 429, 500, 503, 599]);
  });
});
