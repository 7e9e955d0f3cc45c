import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metrics } from '../../activities/report/metrics.ts';
import { evaluationFolder } from '../../activities/store/run-paths.ts';
import { panelOf } from '../../configs/settings/panel.ts';
import { withRun } from '../../bench/claims/in-process.ts';
import { ensurePythonEnvironment } from '../support/python.ts';

const run = promisify(execFile);

describe("a run's report, computed again from its Parquet files in another language", function () {
  this.timeout(300_000);
  let metrics: Metrics;
  let again: Recomputed;

  before(async () => {
    const bin = await ensurePythonEnvironment('recompute', join(import.meta.dirname, 'requirements.txt'));
    await withRun(5, {}, async (own) => {
      await own.explore({ basePrompts: 40, variations: 4, halving: false });
      assert.ok((await own.learnAndTest()) !== undefined, 'nothing was trained');
      const { context } = own;
      const { runId } = context.run;
      metrics = JSON.parse(
        await readFile(join(context.root, evaluationFolder(runId), 'metrics.json'), 'utf8'),
      );
      const referees = panelOf(context.settings.validatorModel).referees.map(String);
      const script = join(import.meta.dirname, 'recompute.py');
      const { stdout } = await run(join(bin, 'python'), [script, context.root, runId, ...referees], {
        maxBuffer: 64 * 1024 * 1024,
      });
      again = JSON.parse(stdout);
    });
  });

  it('has the same arms with the same gains, intervals, win rates, criteria, lengths, validators and costs', () => {
    assert.deepEqual(
      metrics.arms.map(({ name }) => name),
      again.arms.map(({ name }) => name),
    );
    for (const [index, arm] of metrics.arms.entries()) {
      const { p, detectable, ...other } = again.arms[index]!;
      assertSame(arm, other, arm.name);
      if (arm.name !== metrics.verdict.arm) continue;
      assertSame(arm.gain.pHolm, p, 'p');
      assertSame(metrics.detectableEffect, detectable, 'detectableEffect');
    }
    assertSame(metrics.baseline, again.baseline, 'baseline');
  });

  it('has the same counts, agreement, validators, planted answers and correlations', () => {
    assertSame(metrics.counts, again.counts, 'counts');
    assertSame(
      metrics.agreement.map(({ alpha }) => alpha),
      again.agreement,
      'agreement',
    );
    assertSame(metrics.validators, again.validators, 'validators');
    assertSame(metrics.correlations, again.correlations, 'correlations');
  });

  it('has the same spending of each stage', () => {
    const stages = Object.keys(again.spend);
    assert.deepEqual(stages.toSorted(), metrics.spend.map(({ stage }) => stage).toSorted());
    for (const stage of stages)
      assertSame(
        metrics.spend.find((one) => one.stage === stage),
        again.spend[stage],
        stage,
      );
  });

  it('claims what its arm shows, at the level that was registered', () => {
    const { claim } = metrics;
    const arm = again.arms.find(({ name }) => name === claim?.arm);
    assert.ok(claim?.result && arm && typeof arm.p === 'number');
    assertSame(claim.result.p, arm.p / 2, 'one-sided p');
    assertSame(claim.result.gain.mean, (arm['gain'] as { mean: number }).mean, 'gain');
    assert.ok(!claim.result.isProven || claim.result.p! <= claim.level);
  });
});

interface Recomputed {
  readonly arms: readonly ({
    readonly name: string;
    readonly p: number | null;
    readonly detectable: unknown;
  } & {
    readonly [member: string]: unknown;
  })[];
  readonly baseline: unknown;
  readonly counts: unknown;
  readonly agreement: unknown;
  readonly validators: unknown;
  readonly correlations: unknown;
  readonly spend: { readonly [stage: string]: unknown };
}

/** Whether all that was computed again is there and equal, to nine digits. What was not is no concern. */
function assertSame(reported: unknown, again: unknown, path: string): void {
  if (typeof again === 'number') {
    assert.equal(typeof reported, 'number', path);
    const off = Math.abs(Number(reported) - again);
    assert.ok(off <= 1e-9 * Math.max(1, Math.abs(again)), `${path}: ${String(reported)}, again ${again}`);
  } else if (Array.isArray(again)) {
    assert.ok(Array.isArray(reported) && reported.length === again.length, `${path}: another length`);
    for (const [index, one] of again.entries()) assertSame(reported[index], one, `${path}[${index}]`);
  } else if (typeof again === 'object' && again !== null) {
    assert.ok(typeof reported === 'object' && reported !== null, `${path}: ${String(reported)}`);
    const members = new Map(Object.entries(reported));
    for (const [name, one] of Object.entries(again)) assertSame(members.get(name), one, `${path}.${name}`);
  } else assert.equal(reported, again, path);
}
