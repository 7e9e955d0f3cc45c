import assert from 'node:assert/strict';
import { optimizeGatePrompts } from '../../../activities/continual/optimize-gate-prompts.ts';
import { writeModelVersion } from '../../../activities/store/model-registry.ts';
import type { ShardReference } from '../../../activities/store/tables.ts';
import { versionOfTemplates } from '../../../activities/trainers/template/template.ts';
import { rowOf } from '../store/rows.ts';
import { withContext, type GeneralContext } from '../general/general-context.ts';

/** A version that knows these templates, each with its strength. */
async function write(
  { store }: GeneralContext,
  version: string,
  templates: readonly (readonly [string, number])[],
): Promise<void> {
  const origin = {
    trainer: 'template',
    run: 'run',
    settingsDigest: '0'.repeat(64),
    seed: 0,
    parents: [],
    data: {},
  };
  await writeModelVersion(
    store,
    { role: 'prompt_optimization', version, ...origin, simulated: false },
    versionOfTemplates(templates.map(([template, strength]) => ({ template, strength }))),
  );
}

const writePrompts = ({ store, run }: GeneralContext): Promise<ShardReference> =>
  store.writeShard(
    { table: 'base_prompts', run: run.runId, shard: 'gate-0' },
    'gate',
    [3, 4].map((index) =>
      rowOf('base_prompts', { base_prompt_idx: index, base_prompt: `What is ${index}?`, split: 'gate' }),
    ),
  );

/** The settings of the project with so many rewritings of a prompt. */
const asking = (context: GeneralContext, rewrites: number): GeneralContext => ({
  ...context,
  settings: {
    ...context.settings,
    promptOptimization: { ...context.settings.promptOptimization, rewrites },
  },
});

describe('the prompts of the gate', () => {
  it('are those of champion, challenger and baseline, each of the best of its own rewritings', () =>
    withContext(async (context) => {
      const shard = await writePrompts(context);
      await write(context, 'old', [
        ['{prompt} Briefly.', 1],
        ['Now: {prompt}', 2],
      ]);
      await write(context, 'new', [
        ['{prompt} Slowly.', 3],
        ['{prompt} Please.', 2],
      ]);
      const asked = asking(context, 3);
      const written = await optimizeGatePrompts.run({ shard, challenger: 'new', champion: 'old' }, asked);
      assert.deepEqual([written.split, written.rowCount], ['gate', 6]);
      assert.match(written.shard, /^gate-[0-9a-f]{16}$/);
      const rows = await context.store.readRows('test_prompts', written);
      assert.deepEqual(
        rows.map((row) => [
          row.base_prompt_idx,
          row.prompt_variation_idx,
          row.arm,
          row.prompt_variation,
          row.error,
        ]),
        [3, 4].flatMap((index) => [
          [index, -1, 'baseline', `What is ${index}?`, null],
          [index, 0, 'champion', `Now: What is ${index}?`, null],
          [index, 1, 'challenger', `What is ${index}? Slowly.`, null],
        ]),
      );
      const rewrites = await context.store.query(
        'select rewrite_idx, rewrite from test_rewrites where base_prompt_idx = 4 order by rewrite_idx',
      );
      assert.deepEqual(rows.length > 0 && rewrites.map((row) => [row['rewrite_idx'], row['rewrite']]), [
        [0, 'Now: What is 4?'],
        [1, 'What is 4? Briefly.'],
        [2, 'Now: What is 4?'],
        [3, 'What is 4? Slowly.'],
        [4, 'What is 4? Please.'],
        [5, 'What is 4? Slowly.'],
      ]);
    }));

  it('have no champion where there is none, and say where nothing usable was written', () =>
    withContext(async (context) => {
      const shard = await writePrompts(context);
      await write(context, 'empty', []);
      const written = await optimizeGatePrompts.run(
        { shard, challenger: 'empty', champion: '' },
        asking(context, 1),
      );
      const rows = await context.store.readRows('test_prompts', written);
      assert.deepEqual(
        rows.map(({ arm, prompt_variation: prompt, error }) => [arm, prompt, error]),
        [3, 4].flatMap((index) => [
          ['baseline', `What is ${index}?`, null],
          ['challenger', `What is ${index}?`, 'NO_REWRITE'],
        ]),
      );
    }));
});
