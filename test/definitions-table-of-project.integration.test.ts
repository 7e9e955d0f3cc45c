/** The language on one page, of what needs a project: its tables, its GPUs, its Schedules, what earlier runs have done. */
import assert from 'node:assert/strict';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Definition, Task, Tasks } from '../definitions/model/types.ts';
import { STATUS_QUERY, type RunOptions, type RunStatus } from '../workflows/messages.ts';
import { captureCli } from './cli/captured-cli.ts';
import { startPipeline, type Pipeline } from './support/pipeline.ts';
import { fakeNvidiaSmi, FOUR_H100_AND_A_T4 } from './workers/fake-nvidia-smi.ts';

describe('what a definition can say of its project', function () {
  this.timeout(120_000);
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await startPipeline();
    const queue = { 'gpu-pair': { description: 'Pairs.', concurrency: 1, gpu: { count: 2, type: 'h100' } } };
    await appendFile(join(pipeline.root, 'configs', 'queues.yaml'), `\n${stringify(queue)}`);
    await pipeline.startWorker({ PATH: await fakeNvidiaSmi(FOUR_H100_AND_A_T4) }, ['gpu-pair']);
  });
  after(() => pipeline?.close());

  async function write(definition: Definition): Promise<void> {
    await writeFile(join(pipeline.root, 'definitions', `${definition.name}.yaml`), stringify(definition));
  }
  const resultOf = async (definition: string): Promise<unknown> =>
    (await pipeline.start(definition, {})).result();

  it('forEach over a table: an item for each row that SQL finds', async () => {
    const rows: Task = { activity: 'sql', with: { query: 'from range(3) as t(n)', into: 'numbers' } };
    const read: Task = {
      needs: ['rows'],
      activity: 'sql',
      with: { query: 'select n from numbers where run = $run order by n' },
    };
    const each: Task = {
      needs: ['read'],
      forEach: { in: '${ tasks.read.rows }', as: 'row' },
      activity: 'noop',
      with: { value: '${ int(row.n) * 10 }' },
    };
    const outputs = { tens: '${ tasks.each.map(e, e.output.value) }' };
    await write({ name: 'page-table', tasks: { rows, read, each }, outputs });
    assert.deepEqual(await resultOf('page-table'), { tens: [0, 10, 20] });
  });

  it('cache: outputs are taken from an earlier run that did the same, unless --no-cache or its ttl forbids it', async () => {
    const params = { n: { type: 'integer', default: 1 } };
    const writeWith = (ttl: string): Promise<void> => {
      const only: Task = { activity: 'noop', cache: { ttl }, with: { value: '${ params.n }' } };
      return write({ name: 'page-cache', params, tasks: { only } });
    };
    await writeWith('1h');
    const isCached = async (
      input: { readonly n?: number } = {},
      options: RunOptions = {},
    ): Promise<boolean> => {
      const run = await pipeline.start('page-cache', input, undefined, options);
      await run.result();
      return (await run.query<RunStatus>(STATUS_QUERY)).tasks[0]?.cached === 1;
    };
    assert.equal(await isCached(), false);
    assert.equal(await isCached(), true);
    assert.equal(await isCached({}, { cache: false }), false);
    assert.equal(await isCached({ n: 2 }), false);
    const explained = await captureCli(['cache', 'explain', 'only'], { cwd: pipeline.root, env: {} });
    assert.match(explained.stdout, /input .*value .*1 → 2/);
    await writeWith('1ms');
    assert.equal(await isCached(), false);
  });

  it('taskQueue with GPUs: the activity is given devices of its own', async () => {
    const print = 'console.log(JSON.stringify(process.env.CUDA_VISIBLE_DEVICES))';
    const show: Task = {
      activity: 'command',
      taskQueue: 'gpu-pair',
      with: { command: [process.execPath, '-e', print], parseResult: true },
    };
    await write({ name: 'page-gpu', tasks: { show }, outputs: { gpus: '${ tasks.show.result }' } });
    assert.deepEqual(await resultOf('page-gpu'), { gpus: '0,1' });
  });

  it('schedule: the definition says when it runs, and with which params', async () => {
    const params = { n: { type: 'integer' } };
    const tasks: Tasks = { only: { activity: 'noop', with: { value: '${ params.n }' } } };
    const schedule = {
      cron: '0 3 1 1 *',
      timeZone: 'Europe/Berlin',
      overlap: 'bufferOne',
      jitter: '10m',
      catchupWindow: '1h',
      pauseOnFailure: true,
      params: { n: 7 },
    } as const;
    await write({ name: 'page-schedule', params, tasks, outputs: { n: '${ tasks.only.value }' }, schedule });
    const env = { TEMPORAL_ADDRESS: pipeline.address, TEMPORAL_NAMESPACE: pipeline.namespace };
    const prose = (...args: string[]) => captureCli(['schedule', ...args], { cwd: pipeline.root, env });
    assert.equal((await prose('create', 'page-schedule')).exitCode, 0);
    assert.equal((await prose('trigger', 'page-schedule')).exitCode, 0);
    const handle = pipeline.client.schedule.getHandle('page-schedule');
    const { spec, policies } = await handle.describe();
    const [calendar] = spec.calendars ?? [];
    assert.deepEqual(
      [calendar?.hour, calendar?.dayOfMonth, calendar?.month],
      [
        [{ start: 3, end: 3, step: 1 }],
        [{ start: 1, end: 1, step: 1 }],
        [{ start: 'JANUARY', end: 'JANUARY', step: 1 }],
      ],
    );
    assert.deepEqual([spec.timezone, spec.jitter], ['Europe/Berlin', 600_000]);
    assert.deepEqual(
      [policies.overlap, policies.catchupWindow, policies.pauseOnFailure],
      ['BUFFER_ONE', 3_600_000, true],
    );
    const started = async (): Promise<string> => {
      for (;;) {
        const [action] = (await handle.describe()).info.recentActions;
        if (action?.action.type === 'startWorkflow') return action.action.workflow.workflowId;
        await pause(100);
      }
    };
    assert.deepEqual(await pipeline.client.workflow.getHandle(await started()).result(), { n: 7 });
    await handle.delete();
  });
});
