import assert from 'node:assert/strict';
import type { ActivityContext } from '../../../activities/activity.ts';
import { readTemplateScores, shrunkGains } from '../../../activities/scoring/template-scores.ts';
import { tables, type Row, type TableName } from '../../../activities/store/tables.ts';
import { silentLog } from '../../support/silent-log.ts';
import { withStore } from '../store/with-store.ts';

const sheet = (score: number): Row =>
  Object.fromEntries([1, 2, 3, 4, 5].map((criterion) => [`criteria_${criterion}`, score]));

describe('how templates fared', () => {
  it('goes by the judges that learning may hear, and not by the referee', () =>
    withStore(async (store) => {
      const write = async (table: TableName, rows: readonly Row[]): Promise<void> => {
        const empty = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
        const whole = rows.map((row) => ({ ...empty, base_prompt_idx: 0, ...row }));
        await store.writeShard({ table, run: 'run', shard: table }, 'train', whole);
      };
      await write('base_prompts', [{ base_prompt: 'Which? A lamp', split: 'train' }]);
      const variations = [-1, 0, 1].map((prompt_variation_idx) => ({
        prompt_variation_idx,
        prompt_variation: 'Which? A lamp',
      }));
      await write('prompt_variations', variations);
      // The last of three validators is the referee: it alone likes the first template. The second one has no score at all.
      const scores = [1, 2, 3].flatMap((validator) => {
        const [untouched, template] = validator === 3 ? [1, 5] : [3, 2];
        return [
          { prompt_variation_idx: -1, sample_idx: 0, validator, ...sheet(untouched) },
          { prompt_variation_idx: 0, sample_idx: 0, validator, ...sheet(template) },
        ];
      });
      await write('validator_scores', scores);
      const settings = { validatorModel: { validators: [{}, {}, {}] } };
      const run = { runId: 'run', seed: 1, settingsDigest: 'settings' };
      const context = { store, run, settings, log: silentLog } as unknown as ActivityContext;
      const found = await readTemplateScores('train', context);
      assert.deepEqual(found, [
        { templateIdx: 0, basePromptIdx: 0, score: 2, untouched: 3 },
        { templateIdx: 1, basePromptIdx: 0, score: 1, untouched: 3 },
      ]);
      assert.deepEqual(
        [...shrunkGains(found, 1)],
        [
          [0, -0.5],
          [1, -1],
        ],
      );
      assert.deepEqual(await readTemplateScores('select', context), []);
    }));
});
