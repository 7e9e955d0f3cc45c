import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addEndedWorker } from '../../../activities/store/records/ended-workers.ts';
import { noWorkerError } from '../../../cli/temporal/no-worker.ts';
import type { TemporalSession } from '../../../cli/temporal/temporal-session.ts';
import { WORKFLOW_TASK_QUEUE } from '../../../workflows/messages.ts';

/** A session whose server has one execution of every run. */
function sessionWith(runId: string): Pick<TemporalSession, 'client' | 'taskQueue'> {
  const describe = async (): Promise<object> => ({ taskQueue: WORKFLOW_TASK_QUEUE, runId });
  const client = { workflow: { getHandle: () => ({ describe }) } };
  return { client, taskQueue: (name: string) => name } as unknown as TemporalSession;
}

describe('noWorkerError', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-no-worker-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('names a run that workers refuse, with the command that lets it go on', async () => {
    for (let end = 0; end < 2; end += 1)
      addEndedWorker(root, [{ workflowId: "it's", runId: 'first' }], 'ends', 'out of memory');
    const error = await noWorkerError(root, sessionWith('first'), "it's");
    assert.equal(error.code, 'WORKER_ENDED');
    assert.ok(error.message.includes(String.raw`prose doctor --try-again 'it'\''s'`), error.message);
  });

  it('says that no worker answers for a run that ended one once, and for a later one of the same id', async () => {
    addEndedWorker(root, [{ workflowId: 'one', runId: 'first' }], 'ends', 'out of memory');
    assert.equal((await noWorkerError(root, sessionWith('first'), 'one')).code, 'NO_WORKER');
    addEndedWorker(root, [{ workflowId: 'one', runId: 'first' }], 'ends', 'out of memory');
    assert.equal((await noWorkerError(root, sessionWith('second'), 'one')).code, 'NO_WORKER');
  });
});
