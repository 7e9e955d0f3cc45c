/** Every activity that asks models, one after the other, against one server. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from '../../../activities/general/generate/generate.ts';
import { createModelClient } from '../../../activities/inference/create-model-client.ts';
import { createAnswerCache } from '../../../activities/inference/answers/answer-cache.ts';
import { rewriteHeldOut } from '../../../activities/rewriting/held-out-rewrite.ts';
import { generateBasePrompts } from '../../../activities/stages/1-base-prompts/base-prompts.ts';
import { generateVariations } from '../../../activities/stages/2-variations/variations.ts';
import { runMainModel } from '../../../activities/stages/3-main-model/main-model.ts';
import { runValidator } from '../../../activities/stages/4-validators/validators.ts';
import type { Row } from '../../../activities/store/tables.ts';
import type { Sampling, Settings } from '../../../configs/settings/types.ts';
import { overrideSettings } from '../../../configs/settings/override-settings.ts';
import { withContext } from '../../activities/general/general-context.ts';
import { silentLog } from '../silent-log.ts';

const STAGES = [
  'base_prompts',
  'prompt_variations',
  'model_outputs',
  'validator_scores',
  'test_rewrites',
  'generated',
] as const;
export type Stage = (typeof STAGES)[number];
export const stages: readonly Stage[] = STAGES;

export interface Stages {
  /** Runs a stage on what the ones before it have made, and returns its rows. */
  readonly run: (stage: Stage) => Promise<readonly Row[]>;
  /** Where the server is from now on. */
  readonly moveTo: (url: string) => void;
  readonly query: (sql: string) => Promise<readonly Row[]>;
}

export async function withStages(
  endpoint: string,
  work: (stages: Stages) => Promise<void>,
  sampling: Partial<Sampling> = {},
): Promise<void> {
  await withContext(async (given, root) => {
    const cache = createAnswerCache({ backend: given.store.backend, log: silentLog });
    const models = createModelClient({
      embeddedUrl: undefined,
      apiKey: () => undefined,
      log: silentLog,
      cache,
    });
    let settings = withSampling(overrideSettings(given.settings, { endpoint }), sampling);
    const query = (sql: string): Promise<readonly Row[]> => given.store.query(sql);
    const shards: { [stage in Stage]?: Awaited<ReturnType<typeof runMainModel.run>> } = {};
    const demand = (stage: Stage): Awaited<ReturnType<typeof runMainModel.run>> => {
      const shard = shards[stage];
      if (shard === undefined) throw new Error(`Nothing was made by ${stage}.`);
      return shard;
    };
    try {
      await work({
        query,
        moveTo(url) {
          settings = withSampling(overrideSettings(given.settings, { endpoint: url }), sampling);
        },
        async run(stage) {
          const context = { ...given, settings, models };
          switch (stage) {
            case 'base_prompts': {
              const made = await generateBasePrompts.run({ count: 12 }, context);
              const shard = made.shards.find(({ split }) => split === 'train');
              if (shard !== undefined) shards[stage] = shard;
              break;
            }
            case 'prompt_variations':
              shards[stage] = await generateVariations.run(
                { shard: demand('base_prompts'), count: 2 },
                context,
              );
              break;
            case 'model_outputs':
              shards[stage] = await runMainModel.run({ shard: demand('prompt_variations') }, context);
              break;
            case 'validator_scores':
              shards[stage] = await runValidator.run(
                { shard: demand('model_outputs'), validator: 1 },
                context,
              );
              break;
            case 'test_rewrites': {
              const { rows } = await rewriteHeldOut(
                {
                  basePromptIdx: 0,
                  basePrompt: 'Tell me about volcanoes',
                  rewriteIdx: 0,
                  index: 0,
                  rewriter: null,
                  settings,
                  seed: 1,
                  key: '0:0',
                },
                context,
              );
              return rows;
            }
            case 'generated': {
              await mkdir(join(root, 'texts'), { recursive: true });
              await writeFile(
                join(root, 'texts', 'ask.txt'),
                '=== user ===\nTell me more of this: {{base_prompt}}\n',
              );
              await generate.run(
                {
                  from: 'base_prompts',
                  key: ['base_prompt_idx'],
                  text: 'texts/ask.txt',
                  role: 'main_model',
                  into: 'told',
                },
                context,
              );
              return query('select * from told');
            }
          }
          return given.store.readShard(demand(stage));
        },
      });
    } finally {
      await models.close();
    }
  });
}

function withSampling(settings: Settings, sampling: Partial<Sampling>): Settings {
  const { mainModel } = settings;
  return { ...settings, mainModel: { ...mainModel, sampling: { ...mainModel.sampling, ...sampling } } };
}
