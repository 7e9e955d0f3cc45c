import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnexpectedError } from '@temporalio/worker';
import { readEndedWorkers } from '../../activities/store/records/ended-workers.ts';
import { ActivationWatch } from '../../workers/activation-watch.ts';

const one = { workflowId: 'one', runId: 'r-1' };
const other = { workflowId: 'other', runId: 'r-2' };
const silent = (): void => {};
const done = async (): Promise<string> => 'done';
const die = (): Promise<never> => Promise.reject(new UnexpectedError('A thread exited prematurely'));

describe('ActivationWatch', () => {
  let root: string;
  let watch: ActivationWatch;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'prose-watch-'));
    watch = new ActivationWatch(root, silent);
  });
  afterEach(() => watch.close());
  const restart = (say: (line: string) => void = silent): ActivationWatch => {
    watch.close();
    watch = new ActivationWatch(root, say);
    return watch;
  };

  it('refuses a run that has ended a worker twice, and no other', async () => {
    await assert.rejects(watch.run(one, false, die));
    await assert.rejects(restart().run(one, false, die));
    const lines: string[] = [];
    const next = restart((line) => lines.push(line));
    await assert.rejects(next.run(one, false, done), /WORKER_ENDED: The run 'one'/);
    assert.equal(await next.run(other, false, done), 'done');
    assert.equal(lines.length, 1);
  });

  it('begins anew where the file of what it knows was cut', async () => {
    await assert.rejects(watch.run(one, false, die));
    await writeFile(join(root, '.prose', 'ended-workers.json'), '[{"workflowId": "o');
    assert.equal(await restart().run(one, false, done), 'done');
    await assert.rejects(watch.run(one, false, die));
    assert.equal(readEndedWorkers(root).length, 1);
  });

  it('refuses a run that has blocked a thread five times', async () => {
    const block = (): Promise<never> => Promise.reject(new Error('Script execution timed out after 5000ms'));
    for (let turn = 0; turn < 5; turn += 1) await assert.rejects(watch.run(one, false, block));
    await assert.rejects(watch.run(one, false, done), /WORKER_ENDED/);
  });

  it('forgets an end when the run goes on, but not for what it has done before', async () => {
    await assert.rejects(watch.run(one, false, die));
    const next = restart();
    await next.run(one, true, done);
    assert.equal(readEndedWorkers(root).length, 1);
    await next.run(one, false, done);
    assert.deepEqual(readEndedWorkers(root), []);
  });

  it('works one at a time on those that were worked on together when a worker ended', async () => {
    await Promise.allSettled([watch.run(one, false, die), watch.run(other, false, die)]);
    const next = restart();
    let inFlight = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise(setImmediate);
      inFlight -= 1;
    };
    await Promise.all([next.run(one, false, work), next.run(other, false, work)]);
    assert.equal(most, 1);
  });

  it('does not count what comes to a worker after its end, nor what fails by itself', async () => {
    await assert.rejects(watch.run(one, false, die));
    await assert.rejects(watch.run(other, false, die));
    await assert.rejects(watch.run(other, false, () => Promise.reject(new Error('its own'))));
    assert.deepEqual(
      readEndedWorkers(root).map(({ workflowId }) => workflowId),
      ['one'],
    );
  });

  it('counts what a process that is no more had written down, and what it could not finish for nobody', async () => {
    watch.close();
    const folder = join(root, '.prose', 'activations');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '999999999.json'), JSON.stringify([one]));
    await writeFile(join(folder, '999999998.json'), '[{"work');
    watch = new ActivationWatch(root, silent);
    assert.deepEqual(
      readEndedWorkers(root).map(({ workflowId, ends }) => [workflowId, ends]),
      [['one', 1]],
    );
    assert.deepEqual(await readdir(folder), []);
  });
});
