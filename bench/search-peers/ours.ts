/** `definitions/task-prompt.yaml` without Temporal, as far as the choice of the template: the same activities in the same order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivityContext } from '../../activities/activity.ts';
import { createModelClient } from '../../activities/inference/create-model-client.ts';
import { generateBasePrompts } from '../../activities/stages/1-base-prompts/base-prompts.ts';
import { pickTemplates } from '../../activities/stages/2-templates/pick-templates.ts';
import { proposeTemplates } from '../../activities/stages/2-templates/propose-templates.ts';
import { writeInstructions } from '../../activities/stages/2-templates/write-instructions.ts';
import { generateVariations } from '../../activities/stages/2-variations/variations.ts';
import { runMainModel } from '../../activities/stages/3-main-model/main-model.ts';
import { runChecks } from '../../activities/stages/4-validators/run-checks.ts';
import { chooseTemplate } from '../../activities/stages/7-training/choose-template.ts';
import { createStore } from '../../activities/store/create-store.ts';
import type { ShardReference } from '../../activities/store/tables.ts';
import type { RoleConfig } from '../../configs/settings/types.ts';
import { loadSettings } from '../../configs/load.ts';
import { silentLog } from '../../test/support/silent-log.ts';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { quietSurroundings } from '../quiet-surroundings.ts';
import { TEMPLATE, type Budgeted } from './budgeted.ts';

/** Instructions of each round but the first; each may be asked for twice. */
const WRITTEN = 2;
const FINALISTS = 2;
const CANDIDATES = 3;

export async function searchByProse(
  { url, calls, seed, train, select }: Budgeted,
  instructions: 'feedback' | 'plain' | 'none',
): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'prose-peers-'));
  const store = await createStore({ root });
  const models = createModelClient({ embeddedUrl: undefined, apiKey: () => undefined, log: silentLog });
  try {
    const loaded = await loadSettings(packageRoot);
    if (!loaded.ok) throw new Error('The configs are not valid.');
    const { mainModel, promptOptimization, validatorModel } = loaded.value;
    const onServer = <Config extends RoleConfig>(config: Config): Config => ({
      ...config,
      model: { ...config.model, name: 'simulated-task', endpoints: [url] },
    });
    const settings = {
      ...loaded.value,
      mainModel: { ...onServer(mainModel), samples: 1 },
      promptOptimization: onServer(promptOptimization),
      validatorModel: {
        ...validatorModel,
        validators: [],
        checks: [{ name: 'is-it', use: 'criterion', exact: {} }] as const,
      },
    };
    const context: ActivityContext = {
      run: {
        runId: 'run',
        definition: 'task-prompt',
        settingsDigest: await store.putObject(settings),
        digest: 'run',
        seed,
      },
      settings,
      root,
      store,
      models,
      ...quietSurroundings(),
    };
    const answer = async (
      shards: readonly ShardReference[],
      templates: readonly number[],
      untouched: boolean,
    ) => {
      for (const shard of shards) {
        const varied = await generateVariations.run(
          { shard, count: templates.length, templates, untouched },
          context,
        );
        await runChecks.run({ shard: await runMainModel.run({ shard: varied }, context) }, context);
      }
    };
    writeFileSync(join(root, 'task.txt'), TEMPLATE);
    const rows = [...train, ...select].map((ticket, index) => ({ ...ticket, topic: `t${index}` }));
    writeFileSync(join(root, 'tickets.json'), JSON.stringify(rows));
    const trainShare = train.length / rows.length;
    const { shards } = await generateBasePrompts.run(
      {
        count: 1,
        promptsFile: 'tickets.json',
        template: 'task.txt',
        splits: { train: trainShare, select: 1 - trainShare, gate: 0, test: 0 },
      },
      context,
    );
    const of = (split: string): readonly ShardReference[] => shards.filter((shard) => shard.split === split);
    const sizeOf = (split: string): number => of(split).reduce((sum, { rowCount }) => sum + rowCount, 0);
    const perRound = sizeOf('train') * CANDIDATES + 2 * WRITTEN;
    const rest = calls - sizeOf('train') - sizeOf('select') * (1 + FINALISTS);
    for (let round = 0; round < Math.floor((rest + 2 * WRITTEN) / perRound); round += 1) {
      if (instructions !== 'none' && round > 0)
        await writeInstructions.run(
          { template: TEMPLATE, count: WRITTEN, round, feedback: instructions === 'feedback' },
          context,
        );
      const { templates } = await proposeTemplates.run(
        { template: TEMPLATE, count: CANDIDATES, round },
        context,
      );
      await answer(of('train'), templates, round === 0);
    }
    const { templates } = await pickTemplates.run({ count: FINALISTS }, context);
    await answer(of('select'), templates, true);
    const { template } = await chooseTemplate.run({}, context);
    return template === '' ? TEMPLATE : template;
  } finally {
    await models.close();
    await store.close();
    rmSync(root, { recursive: true, force: true });
  }
}
