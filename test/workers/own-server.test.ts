import assert from 'node:assert/strict';
import type { NativeConnection } from '@temporalio/worker';
import { isOwnServer, watchServer } from '../../workers/own-server.ts';

type Connection = Pick<NativeConnection, 'workflowService'>;

/** A server that answers so, one call after the other. */
function answering(...answers: ('known' | 'unknown' | 'silent')[]): Connection {
  const codes = { unknown: 5, silent: 14 };
  const describeNamespace = async (): Promise<object> => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === 'known') return {};
    throw Object.assign(new Error(answer), { code: codes[answer] });
  };
  return { workflowService: { describeNamespace } } as unknown as Connection;
}

describe("the worker's Temporal server", () => {
  it("is the project's own if it has the namespace that only that one has", async () => {
    assert.equal(await isOwnServer(answering('known'), 'mark'), true);
    assert.equal(await isOwnServer(answering('unknown'), 'mark'), false);
    await assert.rejects(isOwnServer(answering('silent'), 'mark'));
  });

  it('is noticed, once, to be another by then; one that does not answer is waited for', async () => {
    let strangers = 0;
    await new Promise<void>((resolve) => {
      const server = answering('known', 'silent', 'known', 'unknown');
      watchServer(
        server,
        'mark',
        () => {
          strangers += 1;
          setTimeout(resolve, 20);
        },
        1,
      );
    });
    assert.equal(strangers, 1);
  });
});
