import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import type { Metrics } from '../../activities/report/metrics.ts';
import type { RowOf } from '../../activities/store/tables.ts';
import { trueQuality } from '../../deploy/model-server/world/true-quality.ts';
import { defaultWorld } from '../../deploy/model-server/world/world.ts';
import { ensureTemporal } from '../../deploy/temporal/find.ts';
import { STATUS_QUERY, type RunStatus, type WaitingTask } from '../../workflows/messages.ts';
import { captureCli } from '../cli/captured-cli.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { freePort, launchTemporal, type LaunchedTemporal } from '../support/temporal.ts';

const execute = promisify(execFile);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the run waits for, as soon as it waits. */
async function untilWaiting(run: WorkflowHandle): Promise<WaitingTask> {
  for (;;) {
    // Before the first workflow task a query has no answer.
    const status = await run.query<RunStatus>(STATUS_QUERY).catch(() => undefined);
    const [waiting] = status?.waiting ?? [];
    if (waiting !== undefined) return waiting;
    await pause(100);
  }
}

/** Labels of a person who knows what an answer to a prompt is truly worth in the simulated world. */
async function simulateLabels({ store }: Pipeline, runId: string, labeler: string): Promise<string> {
  const pairs = await store.query('from people_pairs where run = $run order by pair', { run: runId });
  const prompts = await store.query(
    'select base_prompt_idx, arm, base_prompt, prompt_variation from test_prompts join base_prompts using (run, base_prompt_idx) where run = $run',
    { run: runId },
  );
  const worth = (idx: unknown, arm: unknown): readonly number[] => {
    const row = prompts.find((one) => one['base_prompt_idx'] === idx && one['arm'] === arm);
    const { criteria } = trueQuality(
      String(row?.['prompt_variation']),
      String(row?.['base_prompt']),
      defaultWorld,
    );
    return criteria;
  };
  const rows = pairs.map((pair) => {
    const arms = [pair['arm'], 'baseline'];
    const [a, b] = (pair['is_arm_first'] === true ? arms : arms.toReversed()).map((arm) =>
      worth(pair['base_prompt_idx'], arm),
    );
    const names = JSON.parse(String(pair['criteria'])) as string[];
    const cells = names.flatMap((name, index) => [
      [`${name} (A)`, a?.[index]],
      [`${name} (B)`, b?.[index]],
    ]);
    return { pair: pair['pair'], labeler, ...Object.fromEntries(cells) };
  });
  return JSON.stringify(rows);
}

describe('the examples', function () {
  this.timeout(180_000);
  let port: number;
  let folder: string;
  let temporal: LaunchedTemporal;
  let pipeline: Pipeline;

  const launch = (): Promise<LaunchedTemporal> => launchTemporal(port, join(folder, 'temporal.db'));
  before(async () => {
    port = await freePort();
    folder = await mkdtemp(join(tmpdir(), 'prose-server-'));
    temporal = await launch();
    pipeline = await startPipeline({}, temporal.address);
    await pipeline.startWorker();
  });
  after(async () => {
    await pipeline?.close();
    await temporal?.kill();
    await rm(folder, { recursive: true });
  });

  /** The `temporal` program, with nothing of PROSE. */
  async function update(runId: string, name: string, input: object): Promise<void> {
    const { path } = await ensureTemporal({ env: process.env, log: () => {} });
    const server = ['--address', pipeline.address, '--namespace', pipeline.namespace];
    const what = ['--workflow-id', runId, '--name', name, '--input', JSON.stringify(input)];
    await execute(path, ['workflow', 'update', 'execute', ...what, ...server]);
  }

  it('loop-until stops at the round that is good enough', async () => {
    const run = await pipeline.start('loop-until', { target: 40, nearEnough: 3 });
    assert.deepEqual(await run.result(), { guess: 37.5, rounds: 4 });
  });

  it('approval-gate goes the way the person says', async () => {
    const yes = await pipeline.start('approval-gate', { text: 'Good news' });
    assert.match((await untilWaiting(yes)).reason, /^Publish 'Good news'\?/);
    await update(yes.workflowId, 'approve', { task: 'review', approved: true });
    assert.deepEqual(await yes.result(), { what: 'published' });
    const no = await pipeline.start('approval-gate', {});
    await untilWaiting(no);
    await update(no.workflowId, 'approve', { task: 'review', approved: false });
    assert.deepEqual(await no.result(), { what: 'filed away' });
  });

  it('error-handler falls back where the program fails, and cleans up either way', async () => {
    for (const [exitCode, result] of [
      [0, 'full'],
      [1, 'simple'],
    ] as const) {
      const run = await pipeline.start('error-handler', { exitCode });
      assert.deepEqual(await run.result(), { result });
      const { tasks } = await run.query<RunStatus>(STATUS_QUERY);
      assert.equal(tasks.find(({ name }) => name === 'cleanUp')?.state, 'succeeded');
    }
  });

  it('quality-gate tries every combination, and says by which code of its own a task has failed', async () => {
    const all = ['0: 1 red', '1: 1 blue', '2: 2 red', '3: 2 blue', '4: 3 red', '5: 3 blue'];
    for (const [soldOut, verdict] of [
      [1, 'enough'],
      [3, 'TOO_FEW: 3 are sold out.'],
    ] as const) {
      const run = await pipeline.start('quality-gate', { soldOut });
      assert.deepEqual(await run.result(), { taken: all.slice(soldOut), verdict });
    }
  });

  it('trip undoes what was booked where a step fails, and only for the error that it names', async () => {
    for (const [fails, told, failedBy] of [
      ['nothing', 'booked room 7 and seat 12', 'nothing'],
      ['car', 'gave back seat 12 and room 7: No car is left.', 'SOLD_OUT'],
    ] as const) {
      const run = await pipeline.start('trip', { fails });
      assert.deepEqual(await run.result(), { told, failedBy });
    }
    const lost = await pipeline.start('trip', { fails: 'server' });
    await assert.rejects(lost.result());
    const { tasks } = await lost.query<RunStatus>(STATUS_QUERY);
    const book = tasks.find(({ name }) => name === 'book');
    assert.equal(book?.tasks?.find(({ name }) => name === 'undoHotel')?.state, 'skipped');
  });

  it('human-labels corrects the gain by what two people say, simulated here by the truth', async () => {
    const run = await pipeline.start('human-labels', { people: 2 });
    const { task, reason } = await untilWaiting(run);
    assert.equal(task, 'people');
    assert.match(reason, /^Label \d+ pairs of answers: results\/people\/.*labels\.html \(by 2 people/u);
    const env = { TEMPORAL_ADDRESS: pipeline.address, TEMPORAL_NAMESPACE: pipeline.namespace };
    const prose = (...args: string[]) => captureCli(args, { cwd: pipeline.root, env });
    const { workflowId } = run;
    await writeFile(join(pipeline.root, 'wrong.csv'), 'pair,labeler,Relevance (A)\nnone,ada,9\n');
    const wrong = await prose('labels', workflowId, 'wrong.csv');
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /wrong\.csv MISSING_COLUMN/u);
    for (const labeler of ['simulated ada', 'simulated ben']) {
      await writeFile(
        join(pipeline.root, 'labels.json'),
        await simulateLabels(pipeline, workflowId, labeler),
      );
      const taken = await prose('labels', workflowId, 'labels.json', '--json');
      assert.equal(taken.exitCode, 0, taken.stderr);
      assert.deepEqual(
        (JSON.parse(taken.stdout) as { same: number; labeler: string }[]).map((one) => [
          one.labeler,
          one.same,
        ]),
        [[labeler, 0]],
      );
    }
    const outputs = (await run.result()) as { labels: number; report: string };
    assert.ok(outputs.labels >= 12, String(outputs.labels));
    assert.equal((await prose('labels', workflowId, 'labels.json')).exitCode, 0, 'again it changes nothing');
    await writeFile(join(pipeline.root, 'late.json'), await simulateLabels(pipeline, workflowId, 'late'));
    const late = await prose('labels', workflowId, 'late.json');
    assert.equal(late.exitCode, 2, late.stdout);
    assert.match(late.stderr, /waits for no labels any more/u);
    const shown = await prose('labels', workflowId, '--json');
    const { labelers } = JSON.parse(shown.stdout) as { labelers: { labeler: string }[] };
    assert.deepEqual(
      labelers.map(({ labeler }) => labeler),
      ['simulated ada', 'simulated ben'],
    );
    const text = await readFile(join(pipeline.root, outputs.report, '../metrics.json'), 'utf8');
    const { people } = JSON.parse(text) as Metrics;
    assert.ok(people?.corrected?.low != null && people.simulated && people.people === 2);
    assert.equal(people.agreement.length, 15);
  });

  it('sub-workflow collects the outputs of the other definition', async () => {
    const run = await pipeline.start('sub-workflow', { texts: ['a bc', 'def'] });
    assert.deepEqual(await run.result(), { lettersPerWord: [1.5, 3] });
  });

  it('nightly-report runs on a Schedule of the times and params that it names', async () => {
    const env = { TEMPORAL_ADDRESS: pipeline.address, TEMPORAL_NAMESPACE: pipeline.namespace };
    const prose = (...args: string[]) => captureCli(['schedule', ...args], { cwd: pipeline.root, env });
    const created = await prose('create', 'nightly-report', '--json');
    assert.equal(created.exitCode, 0, created.stderr);
    assert.equal(JSON.parse(created.stdout).times, '30 6 * * * (Europe/Berlin)');
    assert.equal((await prose('trigger', 'nightly-report')).exitCode, 0);
    const schedule = pipeline.client.schedule.getHandle('nightly-report');
    let runId: string | undefined;
    while (runId === undefined) {
      const [last] = (await schedule.describe()).info.recentActions;
      if (last?.action.type === 'startWorkflow') runId = last.action.workflow.workflowId;
      else await pause(100);
    }
    await schedule.delete();
    const asked = await pipeline.store.query('select distinct model from model_calls');
    const models = Math.min(3, asked.length);
    assert.deepEqual(await pipeline.client.workflow.getHandle(runId).result(), { models });
  });

  it('one-gpu lets the server sleep while it trains, and wakes it also where there is nothing to train on', async () => {
    const asked: string[] = [];
    const server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const rows = Array.from({ length: 12 }, (_, index): RowOf<'pairs'> => ({
        base_prompt_idx: index,
        pair_idx: 0,
        split: 'train',
        prompt: `Tell me about ${index}`,
        chosen: `Tell me about ${index}, in steps`,
        rejected: `About ${index}`,
        chosen_variation_idx: 0,
        rejected_variation_idx: 1,
        chosen_approach: null,
        rejected_approach: null,
        margin: 1,
        probability: 0.9,
        weight: 1,
      }));
      await pipeline.store.writeShard({ table: 'pairs', run: 'by-day', shard: 's' }, 'train', rows);
      const run = await pipeline.start('one-gpu', { run: 'by-day', server: address });
      const { version } = (await run.result()) as { version: string };
      assert.match(version, /^ranker-/);
      assert.deepEqual(asked.splice(0), ['POST /sleep?level=1', 'POST /wake_up']);
      const without = await pipeline.start('one-gpu', { run: 'nobody', server: address });
      await without.result().catch(() => {});
      assert.deepEqual(asked, ['POST /wake_up']);
    } finally {
      server.close();
    }
  });

  it('hold-and-retry ends well, decided by the temporal CLI after its worker and the server were killed, by the plan it began with', async () => {
    const run = await pipeline.start('hold-and-retry', {});
    assert.equal((await untilWaiting(run)).task, 'fetch');
    await pipeline.killWorker();
    await temporal.kill();

    const file = join(pipeline.root, 'definitions/examples/hold-and-retry.yaml');
    const edited = (await readFile(file, 'utf8')).replace('tasks.use.value', 'run.id');
    await writeFile(file, edited);
    await writeFile(join(pipeline.root, 'data/inbox.txt'), 'here it is');

    temporal = await launch();
    await pipeline.startWorker();
    await update(run.workflowId, 'retryTask', { task: 'fetch' });
    assert.deepEqual(await run.result(), { text: 'here it is' });
    const after = await pipeline.start('hold-and-retry', {});
    assert.deepEqual(await after.result(), { text: after.workflowId }, 'the edit counts for the next run');
  });
});
