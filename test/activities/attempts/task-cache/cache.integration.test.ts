import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import { shardFile } from '../../../../activities/store/paths.ts';
import { explainTask } from '../../../../activities/attempts/task-cache/explain-task.ts';
import type { Value } from '../../../../definitions/model/types.ts';
import { STATUS_QUERY, type RunOptions, type RunStatus } from '../../../../workflows/messages.ts';
import { saveHistory } from '../../../support/histories.ts';
import { startPipeline, type Pipeline } from '../../../support/pipeline.ts';

/** A user's activity that says `mark`, and leaves a letter for each time it worked. */
const labelWith = (mark: string) => `
import { appendFile } from 'node:fs/promises';
const text = { type: 'object', additionalProperties: false, required: ['text'], properties: { text: { type: 'string' } } };
export const label = {
  name: 'label', description: 'Labels a text.', taskQueue: 'prose', cacheable: true, input: text, output: text,
  async run({ text }, { root }) {
    await appendFile(root + '/worked.txt', 'x');
    return { text: text + ' ${mark}' };
  },
};
`;

describe('cache, by the interpreter and a worker', function () {
  this.timeout(180_000);
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await startPipeline();
    await mkdir(join(pipeline.root, 'activities', 'user'), { recursive: true });
    await writeFile(join(pipeline.root, 'activities', 'user', 'label.ts'), labelWith('one'));
    await pipeline.startWorker();
  });
  after(() => pipeline?.close());

  async function run(
    runId: string,
    definition: { readonly name: string; readonly [key: string]: Value },
    options: RunOptions = {},
  ): Promise<{
    readonly outputs: { readonly [key: string]: Value };
    readonly cached: (path: string) => number;
  }> {
    const { name } = definition;
    await writeFile(join(pipeline.root, 'definitions', `${name}.yaml`), stringify(definition));
    const args = [{}, options];
    const handle = await pipeline.client.workflow.start(name, {
      taskQueue: 'prose',
      workflowId: runId,
      args,
    });
    const outputs = (await handle.result()) as { readonly [key: string]: Value };
    if (runId === 'label-2') await saveHistory('cache', handle);
    const { tasks } = await handle.query<RunStatus>(STATUS_QUERY);
    const flat = tasks.flatMap((task) => [task, ...(task.tasks ?? [])]);
    return { outputs, cached: (path) => flat.find((task) => task.path === path)?.cached ?? 0 };
  }

  const labelling = (options: { readonly [key: string]: Value } = {}) => ({
    name: 'labelling',
    tasks: { label: { activity: 'label', cache: true, with: { text: 'a' }, ...options } },
    outputs: { text: '${ tasks.label.text }' },
  });
  const timesWorked = async () => (await readFile(join(pipeline.root, 'worked.txt'), 'utf8')).length;
  const differing = async (runId: string) =>
    (await explainTask(openBackend(pipeline.root), 'label', runId))?.nearest?.differences;

  it("takes a task's outputs from an earlier run, whatever its retries and times, and says so", async () => {
    const first = await run('label-1', labelling());
    assert.deepEqual([first.outputs, first.cached('label')], [{ text: 'a one' }, 0]);
    const second = await run(
      'label-2',
      labelling({ timeout: '1m', retry: { maximumAttempts: 2 }, priority: 2 }),
    );
    assert.deepEqual([second.outputs, second.cached('label')], [{ text: 'a one' }, 1]);
    assert.equal(await timesWorked(), 1);
    const log = await readFile(join(pipeline.root, 'results', 'logs', 'label-2.jsonl'), 'utf8');
    assert.match(log, /"cache":"hit"/);
  });

  it('does everything again with --no-cache', async () => {
    const { cached } = await run('label-3', labelling(), { cache: false });
    assert.deepEqual([cached('label'), await timesWorked()], [0, 2]);
    assert.equal(
      (await explainTask(openBackend(pipeline.root), 'label', 'label-3'))?.decision.outcome,
      'off',
    );
  });

  it('does it again when one key of a config changes, and names it', async () => {
    const path = join(pipeline.root, 'configs', 'main_model_config.yaml');
    const before = await readFile(path, 'utf8');
    await writeFile(path, before.replace(/temperature: [\d.]+/, 'temperature: 0.123'));
    await run('label-4', labelling());
    await writeFile(path, before);
    assert.equal(await timesWorked(), 3);
    const [difference, ...others] = (await differing('label-4')) ?? [];
    assert.deepEqual(
      [difference?.name, difference?.now, others],
      ['configs/main_model_config.yaml: sampling.temperature', 0.123, []],
    );
  });

  it('does it again when the code of the activity changes, and names the file', async () => {
    await pipeline.killWorker();
    await writeFile(join(pipeline.root, 'activities', 'user', 'label.ts'), labelWith('two'));
    await pipeline.startWorker();
    const { outputs } = await run('label-5', labelling());
    assert.deepEqual(outputs, { text: 'a two' });
    assert.deepEqual(await differing('label-5'), [{ kind: 'code', name: 'activities/user/label.ts' }]);
  });

  it('gives a run shards of its own, and makes again what was deleted', async () => {
    const definition = {
      name: 'cached-smoke',
      defaults: { cache: true },
      tasks: {
        prompts: { activity: 'generateBasePrompts', with: { count: 4 } },
        each: {
          needs: ['prompts'],
          forEach: { in: '${ tasks.prompts.shards }', as: 'shard' },
          tasks: {
            vary: { activity: 'generateVariations', with: { shard: '${ shard }', count: 2 } },
            answer: { needs: ['vary'], activity: 'runMainModel', with: { shard: '${ tasks.vary }' } },
          },
        },
      },
      outputs: { count: '${ tasks.prompts.count }', shard: '${ tasks.prompts.shards[0] }' },
    };
    const first = await run('smoke-1', definition);
    const second = await run('smoke-2', definition);
    assert.deepEqual(second.outputs['count'], first.outputs['count']);
    assert.equal((second.outputs['shard'] as { run: string }).run, 'smoke-2');
    const shards = second.cached('each.answer');
    assert.ok(shards > 0);
    assert.equal(second.cached('each.vary'), shards);
    for (const table of ['base_prompts', 'prompt_variations', 'model_outputs']) {
      const rows = (runId: string) =>
        pipeline.store.query(`select * exclude (run) from ${table} where run = $run order by all`, {
          run: runId,
        });
      const made = await rows('smoke-1');
      assert.ok(made.length > 0);
      assert.deepEqual(await rows('smoke-2'), made);
    }

    const [answers] = await pipeline.store.query(
      `select distinct parse_filename(filename, true) as shard
       from read_parquet($glob, filename = true)`,
      { glob: `${pipeline.root}/data/raw/model_outputs/run=smoke-1/*.parquet` },
    );
    const deleted = join(
      pipeline.root,
      shardFile({
        table: 'model_outputs',
        run: 'smoke-1',
        shard: String(answers?.['shard']),
      }),
    );
    await rm(deleted);
    const third = await run('smoke-3', definition);
    assert.equal(third.cached('each.vary'), shards);
    assert.equal(third.cached('each.answer'), shards - 1);
    assert.ok(!existsSync(deleted));
  });
});
