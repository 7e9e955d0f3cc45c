import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

/** No model judges: one check teaches, one is a gate, and one decides. */
const config = `
scores: expected
maxMissing: 0.1
sentinels: 0.05
audit: 0.05
validators: []
checks:
  - { name: figures, use: criterion, regex: '[0-9]' }
  - { name: words, use: criterion, cel: 'size(output) > 600 ? 1.0 : double(size(output)) / 600.0' }
  - { name: about, use: gate, cel: 'size(output) > 10 && fields.expected == expected' }
  - name: program
    use: referee
    command:
      command:
        - node
        - -e
        - |
          for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\\n')) {
            const { key, output } = JSON.parse(line);
            console.log(JSON.stringify({ key, score: Math.min(1, output.length / 600), reason: 'length' }));
          }
`;

describe('a run that programs judge', function () {
  this.timeout(300_000);
  let pipeline: Pipeline;
  const runId = 'checked';
  let metrics: {
    readonly judges: { readonly validators: readonly number[]; readonly areUnheard: boolean };
    readonly validators: readonly {
      readonly validator: number;
      readonly model: string;
      readonly isReferee: boolean;
    }[];
    readonly spend: readonly { readonly stage: string; readonly calls: number }[];
    readonly verdict: { readonly kind: string };
    readonly arms: readonly unknown[];
  };

  before(async () => {
    pipeline = await startPipeline();
    await writeFile(join(pipeline.root, 'configs', 'validator_model_config.yaml'), config);
    const prompts = Array.from(
      { length: 40 },
      (_, k) =>
        `"Tell me about subject number ${k % 20}, please, and about its ${k < 20 ? 'past' : 'future'}",t${k % 20},e${k}`,
    );
    await writeFile(join(pipeline.root, 'own.csv'), `prompt,topic,expected\n${prompts.join('\n')}\n`);
    await pipeline.startWorker();
    const handle = await pipeline.start(
      'prose',
      { promptsFile: 'own.csv', variations: 4, seed: 2, minimumPairs: 1 },
      runId,
    );
    const outputs = (await handle.result()) as { readonly report: string };
    const file = join(pipeline.root, outputs.report.replace('report.html', 'metrics.json'));
    metrics = JSON.parse(await readFile(file, 'utf8'));
  });
  after(() => pipeline?.close());

  it('rests its verdict on the referee, and asks no model to judge', () => {
    assert.deepEqual(metrics.judges, { validators: [4], areUnheard: true, arePrograms: true });
    assert.deepEqual(
      metrics.validators.map(({ validator, model, isReferee }) => [validator, model, isReferee]),
      [
        [1, 'check:figures', false],
        [2, 'check:words', false],
        [3, 'gate:about', false],
        [4, 'check:program', true],
      ],
    );
    assert.ok(metrics.arms.length > 0);
    assert.ok(metrics.spend.every(({ stage }) => stage !== 'validator_scores' && stage !== 'test_scores'));
  });

  it('lets every check see every answer that it may, the referee those of the test alone', async () => {
    const counts = await pipeline.store.query(
      `select name, count(*) filter (stage = 'validator_scores')::integer > 0 as explored,
        count(*) filter (stage = 'test_scores')::integer as tested, count(*) filter (error <> 'NO_ANSWER')::integer as failed
      from check_results where run = $run group by name order by name`,
      { run: runId },
    );
    const [answers] = await pipeline.store.query(
      'select count(*)::integer as n from test_outputs where run = $run',
      { run: runId },
    );
    const tested = Number(answers?.['n']);
    assert.ok(tested > 0);
    assert.deepEqual(counts, [
      { name: 'about', explored: true, tested, failed: 0 },
      { name: 'figures', explored: true, tested, failed: 0 },
      { name: 'program', explored: false, tested, failed: 0 },
      { name: 'words', explored: true, tested, failed: 0 },
    ]);
    const again = await pipeline.store.query(
      `select distinct sample_idx from validator_scores where run = $run and prompt_variation_idx >= 0 order by all`,
      { run: runId },
    );
    assert.ok(again.length > 1);
  });
});
