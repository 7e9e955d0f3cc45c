import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { measureHeadroom } from '../../../activities/headroom/measure-headroom.ts';
import { TRIAL } from '../../../activities/headroom/trial.ts';
import { planHeadroom } from '../../../activities/headroom/plan-headroom.ts';
import type { ShardReference } from '../../../activities/store/tables.ts';
import { UNTOUCHED } from '../../../activities/headroom/headroom.ts';
import { drawWorld } from '../../../bench/search/headroom-worlds.ts';
import { withContext, type GeneralContext } from '../general/general-context.ts';
import { rowOf } from '../store/rows.ts';

/** The tables of a trial whose two judges are the validators 1 and 2; `lost` of every hundred scores are missing. */
async function writeTrial({ store, run }: GeneralContext, lost: number): Promise<void> {
  const name = { run: run.runId, shard: 's' };
  const { scores } = drawWorld('gain', 1);
  const prompts = [...new Map(scores.map((one) => [one.prompt, one.topic]))];
  const wordings = [...new Set(scores.map(({ wording }) => wording))];
  const indexOf = (wording: string): number => wordings.indexOf(wording) - 1;
  await store.writeShard(
    { table: 'base_prompts', ...name },
    'train',
    prompts.map(([base_prompt_idx, topic]) =>
      rowOf('base_prompts', { base_prompt_idx, topic, base_prompt: 'What?', split: 'train' }),
    ),
  );
  await store.writeShard(
    { table: 'prompt_variations', ...name },
    'train',
    prompts.flatMap(([base_prompt_idx]) =>
      wordings.map((wording) =>
        rowOf('prompt_variations', {
          base_prompt_idx,
          prompt_variation_idx: indexOf(wording),
          approach: wording === UNTOUCHED ? null : wording,
        }),
      ),
    ),
  );
  await store.writeShard(
    { table: 'validator_scores', ...name },
    'train',
    scores.map(({ prompt, wording, sample, judge, score }, index) => {
      const isLost = index % 100 < lost;
      const all = isLost ? null : score;
      return rowOf('validator_scores', {
        base_prompt_idx: prompt,
        prompt_variation_idx: indexOf(wording),
        sample_idx: sample,
        validator: judge + 1,
        criteria_1: all,
        criteria_2: all,
        criteria_3: all,
        criteria_4: all,
        criteria_5: all,
        error: isLost ? 'UNPARSABLE' : null,
      });
    }),
  );
}

describe('measureHeadroom, the activity', () => {
  it('reads the trial of its own run and keeps all figures', () =>
    withContext(async (context) => {
      await writeTrial(context, 0);
      const { decision, figures } = await measureHeadroom.run({ worthwhile: 0.1 }, context);
      assert.equal(decision, 'go');
      const kept = JSON.parse((await context.store.readFile(figures)) ?? '{}') as { prompts: number };
      assert.equal(kept.prompts, 16);
    }));

  it('believes no judges that leave out half of their scores', () =>
    withContext(async (context) => {
      await writeTrial(context, 50);
      const { decision } = await measureHeadroom.run({ worthwhile: 0.1 }, context);
      assert.equal(decision, 'mend the rubric first');
    }));
});

describe('the size of a trial', () => {
  it('is that of its definition', () => {
    const path = new URL('../../../definitions/headroom.yaml', import.meta.url);
    const { params } = parse(readFileSync(path, 'utf8')) as {
      params: { readonly [name: string]: { readonly default: unknown } };
    };
    for (const [name, value] of Object.entries(TRIAL)) assert.equal(params[name]?.default, value);
  });
});

describe('planHeadroom', () => {
  it('takes training shards until there are prompts enough, and nothing that is held out', () =>
    withContext(async (context) => {
      const shard = (name: string, split: ShardReference['split']): ShardReference => ({
        table: 'base_prompts',
        run: 'run',
        shard: name,
        split,
        rowCount: 4,
      });
      const shards = [shard('a', 'test'), shard('b', 'train'), shard('c', 'train'), shard('d', 'train')];
      const plan = await planHeadroom.run({ shards, prompts: 5 }, context);
      assert.deepEqual(
        plan.shards.map((one) => one.shard),
        ['b', 'c'],
      );
      assert.deepEqual(plan.validators, [1, 2]);
    }));
});
