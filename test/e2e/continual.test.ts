import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import { optimizePrompts } from '../../activities/rewriting/optimize-prompts.ts';
import { listVersions, promoteVersion } from '../../activities/store/model-registry.ts';
import type { Row } from '../../activities/store/tables.ts';
import { loadSettings } from '../../configs/load.ts';
import { trueQuality } from '../../deploy/model-server/world/true-quality.ts';
import { defaultWorld } from '../../deploy/model-server/world/world.ts';
import { ensureTemporal } from '../../deploy/temporal/find.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { silentLog } from '../support/silent-log.ts';

const execute = promisify(execFile);
const ROUNDS = 5;
const schedule = 'learning';
const params = { basePrompts: 72, variations: 3, regressionPrompts: 20, minimumPairs: 10, looks: 3, seed: 3 };

describe('five rounds of continual learning on a Schedule made with the temporal CLI alone', function () {
  this.timeout(900_000);
  let pipeline: Pipeline;
  let rounds: Row[];

  const temporal = async (...args: string[]): Promise<string> => {
    const { path } = await ensureTemporal({ env: process.env, log: () => {} });
    const server = ['--address', pipeline.address, '--namespace', pipeline.namespace];
    return (await execute(path, ['schedule', ...args, '--schedule-id', schedule, ...server])).stdout;
  };
  const readRounds = (): Promise<Row[]> => pipeline.store.query('from rounds order by round');

  before(async () => {
    pipeline = await startPipeline();
    // Small rounds: a topic for each prompt, few answers and rewritings.
    changeConfig('base_prompt_config', /^promptsPerTopic: .*/m, 'promptsPerTopic: 1');
    changeConfig('main_model_config', /^testSamples: .*/m, 'testSamples: 3');
    changeConfig('prompt_optimization_config', /^rewrites: .*/m, 'rewrites: 2');
    // The first champion rewrites by guesswork: its text does not tell the model what it was taught.
    const textFile = join(pipeline.root, 'model_input', 'prompt_optimization_model_input.txt');
    const text = readFileSync(textFile, 'utf8');
    assert.match(text, /<lessons>/);
    writeFileSync(textFile, text.replaceAll(/<\/?lessons>/g, '---'));
    await pipeline.startWorker();
    // prettier-ignore
    await temporal(
      'create', '--type', 'continual-learning', '--task-queue', 'prose', '--workflow-id', schedule,
      '--interval', '2s', '--overlap-policy', 'Skip', '--remaining-actions', String(ROUNDS),
      '--input', JSON.stringify(params),
    );
    // Whoever is in charge mends the text as soon as the first challenger is trained: those that come after it write better.
    await until(async () => (await listVersions(pipeline.store, 'prompt_optimization')).length === 1);
    writeFileSync(textFile, text);
    await until(async () => (await readRounds()).length >= 1);
    const { completed } = pipeline.totals();
    await until(async () => pipeline.totals().completed > completed + 60);
    await pipeline.killWorker();
    assert.equal((await readRounds()).length, 1, 'the kill must come in the second round');
    await pipeline.startWorker();
    await until(async () => (await readRounds()).some(isPromoted));
    await until(async () => (await readRounds()).length === ROUNDS);
    rounds = await readRounds();
    await temporal('delete');
  });
  after(() => pipeline?.close());

  it('counts every round once, each with prompts and a seed of its own', async () => {
    assert.deepEqual(
      rounds.map((row) => row['round']),
      [0, 1, 2, 3, 4],
    );
    assert.equal(new Set(rounds.map((row) => row['seed'])).size, ROUNDS);
    const [prompts] = await pipeline.store.query(
      "select count(*)::integer as n, count(distinct base_prompt)::integer as different from base_prompts where split <> 'regression'",
    );
    assert.equal(prompts?.['n'], ROUNDS * params.basePrompts);
    assert.equal(prompts?.['different'], prompts?.['n']);
  });

  it('never runs two rounds at once, though one was due every two seconds', async () => {
    const runs: { start: number; end: number }[] = [];
    const query = `TemporalScheduledById = '${schedule}'`;
    await until(async () => {
      runs.length = 0;
      for await (const run of pipeline.client.workflow.list({ query }))
        runs.push({ start: run.startTime.getTime(), end: run.closeTime?.getTime() ?? Infinity });
      return runs.length === ROUNDS && runs.every(({ end }) => end < Infinity);
    });
    const ordered = runs.toSorted((one, other) => one.start - other.start);
    for (const [index, { start }] of ordered.entries())
      if (index > 0) assert.ok(start >= (ordered[index - 1]?.end ?? 0));
  });

  it('learns from all rounds so far, and never from a prompt or topic of the gate', async () => {
    const tested = rounds.filter((row) => Number(row['pairs_used']) > 0);
    const used = tested.map((row) => Number(row['pairs_used']));
    const gathered = tested.map((row) =>
      rounds
        .filter((other) => Number(other['round']) <= Number(row['round']))
        .reduce((sum, other) => sum + Number(other['new_pairs']), 0),
    );
    assert.deepEqual(used, gathered);
    const [leaks] = await pipeline.store.query(
      `select count(*)::integer as n from training_pairs where topic in
        (select topic from base_prompts where split in ('gate', 'regression'))`,
    );
    assert.equal(leaks?.['n'], 0);
  });

  it('changes the champion only when the interval is above zero', () => {
    let champion = '';
    for (const row of rounds) {
      assert.equal(row['champion_before'], champion);
      champion = String(row['champion_after']);
      if (isPromoted(row)) {
        assert.ok(Number(row['gain_low']) > 0);
        assert.equal(champion, row['challenger']);
      } else assert.equal(champion, row['champion_before']);
      assert.notEqual(row['reason'], '');
    }
  });

  it('replaces the champion that rewrites by guesswork by one that was taught, which is better in the truth of the simulated world', async () => {
    const [first, second] = rounds.filter(isPromoted).map((row) => String(row['champion_after']));
    const said = rounds.map((row) => `${String(row['decision'])}: ${String(row['reason'])}`).join('\n');
    assert.ok(
      first !== undefined && second !== undefined,
      `fewer than two promotions in five rounds:\n${said}`,
    );
    const prompts = await gatePrompts();
    const untouched = meanTruth(prompts.map((prompt) => ({ prompt, optimized: prompt })));
    const [firstTruth, secondTruth] = [await truthOf(first), await truthOf(second)];
    assert.ok(firstTruth > untouched, `${firstTruth} against ${untouched}`);
    assert.ok(secondTruth > firstTruth + 0.1, `${secondTruth} against ${firstTruth}`);
  });

  it('says in the memo of each round, which lists of runs show, what it came to', async () => {
    for (const row of rounds) {
      const { memo } = await pipeline.client.workflow.getHandle(String(row['run'])).describe();
      const outputs = memo?.['outputs'] as Row;
      assert.deepEqual([outputs['round'], outputs['decision']], [row['round'], row['decision']]);
    }
  });

  it('leaves a report that says what was simulated', async () => {
    const [row] = rounds;
    const report = await pipeline.store.readFile(`results/continual/${String(row?.['lineage'])}/report.html`);
    for (const text of ['Simulated models', '5 rounds']) assert.ok(report?.includes(text), text);
  });

  async function gatePrompts(): Promise<string[]> {
    const rows = await pipeline.store.query(
      "select base_prompt from base_prompts where split = 'gate' order by all",
    );
    return rows.map((row) => String(row['base_prompt']));
  }

  /** True quality of what a version makes of the prompts of all gates. */
  async function truthOf(version: string): Promise<number> {
    const { store, models, root } = pipeline;
    await promoteVersion(store, 'prompt_optimization', version, '');
    const settings = await loadSettings(root);
    if (!settings.ok) throw new Error('The configs are not valid.');
    const client = createModelClient({
      embeddedUrl: models.endpoint,
      apiKey: () => undefined,
      log: silentLog,
    });
    try {
      const { signal } = new AbortController();
      const prompts = await gatePrompts();
      return meanTruth(
        await optimizePrompts(prompts, { store, models: client, settings: settings.value, signal }),
      );
    } finally {
      await client.close();
    }
  }

  function changeConfig(name: string, line: RegExp, by: string): void {
    const path = join(pipeline.root, 'configs', `${name}.yaml`);
    const text = readFileSync(path, 'utf8');
    assert.match(text, line);
    writeFileSync(path, text.replace(line, by));
  }
});

function isPromoted(row: Row): boolean {
  return row['decision'] === 'promoted';
}

function meanTruth(prompts: readonly { readonly prompt: string; readonly optimized: string }[]): number {
  const qualities = prompts.map(
    ({ prompt, optimized }) => trueQuality(optimized, prompt, defaultWorld).overall,
  );
  return qualities.reduce((sum, quality) => sum + quality, 0) / qualities.length;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 600_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('Waited for 600 s in vain.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
