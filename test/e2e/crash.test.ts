import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

const tables = [
  'base_prompts',
  'prompt_variations',
  'model_outputs',
  'validator_scores',
  'pairs',
  'test_prompts',
  'test_outputs',
  'test_scores',
];
const params = { basePrompts: 16, variations: 3, seed: 11 };
const runId = 'crash';
/** Validator activities at once × calls of each (configs/queues.yaml, configs/validator_model_config.yaml). */
const callsInFlight = 6 * 64;

describe('a worker killed in the middle of scoring', function () {
  this.timeout(400_000);
  const pipelines: Pipeline[] = [];
  after(() => Promise.all(pipelines.map((pipeline) => pipeline.close())));

  it('loses nothing, repeats no finished model call, and leaves the tables of an undisturbed run', async () => {
    // Few slots and a real answering time, so that the kill meets calls in flight and work still to come.
    const capacity = { slots: 8, tokensPerSecond: 4000 };
    const [disturbed, undisturbed] = [await startPipeline(capacity), await startPipeline(capacity)];
    pipelines.push(disturbed, undisturbed);

    await disturbed.startWorker();
    const handle = await disturbed.start('prose', params, runId);
    await until(() => scored(disturbed) >= 40);
    await disturbed.killWorker();
    const answered = disturbed.totals().completed;
    const recorded = await recordedCalls(disturbed);
    assert.ok(scored(disturbed) < 150, 'the kill must come in the middle of scoring');
    await disturbed.startWorker();
    await handle.result();

    await undisturbed.startWorker();
    await (await undisturbed.start('prose', params, runId)).result();

    for (const table of tables)
      assert.deepEqual(await read(disturbed, table), await read(undisturbed, table), table);
    // What the kill cost: answers that had left the server and were not yet on disk. Nothing recorded is asked for again.
    const lost = answered - recorded;
    assert.equal(disturbed.totals().completed - undisturbed.totals().completed, lost);
    assert.ok(lost >= 0 && lost <= callsInFlight, `${lost} answers were lost with the worker`);
  });
});

/** Calls that are on disk: in the ledger of a committed shard, or in the journal of one that is being made. */
async function recordedCalls(pipeline: Pipeline): Promise<number> {
  const rows = await pipeline.store.query("select stage || ' ' || call_key as key from model_calls");
  const keys = new Set(rows.map((row) => String(row['key'])));
  const journals = join(pipeline.root, 'data', 'journal', `run=${runId}`);
  for (const file of readdirSync(journals, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.jsonl')) continue;
    for (const line of readFileSync(join(journals, file), 'utf8').split('\n')) {
      if (line === '') continue;
      const { entry } = JSON.parse(line) as { entry: JournalEntry };
      for (const call of entry.calls ?? [entry.call]) keys.add(`${dirname(file)} ${call?.call_key}`);
    }
  }
  return keys.size;
}

interface JournalEntry {
  readonly calls?: readonly { readonly call_key: string }[];
  readonly call?: { readonly call_key: string };
}

function scored(pipeline: Pipeline): number {
  const counts = pipeline.models.counts();
  return [1, 2, 3].reduce(
    (sum, number) => sum + (counts[`simulated-validator-${number}`]?.completed ?? 0),
    0,
  );
}

async function read(pipeline: Pipeline, table: string): Promise<unknown> {
  const columns = table.endsWith('outputs') ? '* exclude (seconds)' : '*';
  return pipeline.store.query(`select ${columns} from ${table} where run = $run order by all`, {
    run: runId,
  });
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('Waited for 120 s in vain.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
