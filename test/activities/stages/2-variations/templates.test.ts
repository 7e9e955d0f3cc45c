import assert from 'node:assert/strict';
import { generateVariations } from '../../../../activities/stages/2-variations/variations.ts';
import { estimateSpend } from '../../../../activities/stages/estimate-spend.ts';
import type { Approach } from '../../../../configs/settings/types.ts';
import { withContext } from '../../general/general-context.ts';

const approaches: readonly Approach[] = [
  { name: 'one-word', template: '{prompt}\nAnswer with one word.' },
  { name: 'twice', template: '{prompt} ({prompt})' },
];

describe('approaches by template', () => {
  it('put the prompt as it is where the template says so, without asking a model', () =>
    withContext(async (context) => {
      const prompt = "What costs $& or $1, and '$'?";
      const shard = await context.store.writeShard(
        { table: 'base_prompts', run: context.run.runId, shard: 's' },
        'train',
        [
          {
            base_prompt_idx: 0,
            base_prompt: prompt,
            topic: 't',
            split: 'train',
            source: 'test',
            fields: null,
            model: '',
            seed: 0,
          },
        ],
      );
      const settings = {
        ...context.settings,
        promptVariation: { ...context.settings.promptVariation, approaches },
      };
      await generateVariations.run({ shard, count: 2 }, { ...context, settings });
      const rows = await context.store.query(
        'select approach, prompt_variation as text, model, error from prompt_variations order by prompt_variation_idx',
      );
      assert.deepEqual(rows, [
        { approach: 'untouched', text: prompt, model: '', error: null },
        { approach: 'one-word', text: `${prompt}\nAnswer with one word.`, model: '', error: null },
        { approach: 'twice', text: `${prompt} (${prompt})`, model: '', error: null },
      ]);
    }));

  it('cost nothing in the estimate of what a run will ask', () =>
    withContext(async ({ settings }) => {
      const callsWith = (mixed: readonly Approach[]): number | undefined =>
        estimateSpend(
          'prose',
          { basePrompts: 60, variations: 8 },
          { ...settings, promptVariation: { ...settings.promptVariation, approaches: mixed } },
        )?.find(({ stage }) => stage === 'prompt_variations')?.calls;
      const instructed: Approach = { name: 'shorter', instruction: 'Make it shorter.' };
      const all = callsWith([instructed]) ?? 0;
      assert.ok(all > 0);
      assert.equal(callsWith([instructed, ...approaches]), Math.round(all / 3));
      assert.equal(callsWith(approaches), 0);
    }));
});
