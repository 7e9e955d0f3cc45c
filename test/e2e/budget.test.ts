import assert from 'node:assert/strict';
import { estimateSpend } from '../../activities/stages/estimate-spend.ts';
import { openLedger } from '../../activities/inference/spend/spend-ledger.ts';
import { loadSettings } from '../../configs/load.ts';
import { captureCli } from '../cli/captured-cli.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

const params = { basePrompts: 16, variations: 3, lessonPrompts: 0, seed: 3 };
const runId = 'thrifty';

describe('a run with half the budget that it needs', function () {
  this.timeout(300_000);
  let pipeline: Pipeline;
  before(async () => {
    pipeline = await startPipeline();
    await pipeline.startWorker();
  });
  after(() => pipeline?.close());

  const paid = async (): Promise<number> =>
    Number(
      (
        await pipeline.store.query('select sum(requests)::integer as n from model_calls where run = $run', {
          run: runId,
        })
      )[0]?.['n'] ?? 0,
    );

  it('stops with exit code 3, keeps what it paid for, and goes on with a larger one without paying twice', async () => {
    const settings = await loadSettings(pipeline.root);
    assert.ok(settings.ok);
    const estimate = estimateSpend('prose', params, settings.value) ?? [];
    const half = Math.floor(estimate.reduce((sum, { calls }) => sum + calls, 0) / 2);
    const env = { TEMPORAL_ADDRESS: pipeline.address, TEMPORAL_NAMESPACE: pipeline.namespace };
    const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const args = ['run', 'prose', ...given, '--budget', `calls=${half}`, '--run-id', runId];
    const stopped = await captureCli(args, { cwd: pipeline.root, env });

    assert.equal(stopped.exitCode, 3, stopped.stdout + stopped.stderr);
    assert.match(stopped.stdout, new RegExp(`${half} of ${half} calls`));
    const status = await captureCli(['status', runId, '--json'], { cwd: pipeline.root, env });
    assert.deepEqual(JSON.parse(status.stdout).budget, { calls: half });
    assert.equal(pipeline.totals().completed, half);

    const larger = ['retry', runId, '--budget', `calls=${2 * half + 100}`];
    const finished = await captureCli(larger, { cwd: pipeline.root, env });
    assert.equal(finished.exitCode, 0, finished.stdout + finished.stderr);
    assert.match(finished.stdout, /With your own model: prose run/);
    // The server tells: no body was answered twice, and what the tables say was paid for is all that it answered.
    assert.equal(pipeline.totals().repeated, 0);
    assert.equal(await paid(), pipeline.totals().completed);
    assert.equal(openLedger(pipeline.store.backend, runId).total.calls, pipeline.totals().completed);
    assert.ok(pipeline.totals().completed > half);
  });
});
