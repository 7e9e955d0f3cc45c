import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Store } from '../../../../activities/store/store.ts';
import type { RowOf } from '../../../../activities/store/tables.ts';
import { alphaOfClusters, krippendorffAlpha } from '../../../../activities/statistics/krippendorff.ts';
import { rowOf } from '../rows.ts';
import { withStore } from '../with-store.ts';

/** Scores of one variation by one validator, the same on every criterion. */
const scores = (
  prompt: number,
  variation: number,
  validator: number,
  score: number | null,
): RowOf<'validator_scores'> =>
  rowOf('validator_scores', {
    base_prompt_idx: prompt,
    prompt_variation_idx: variation,
    sample_idx: 0,
    validator,
    model: `model-${validator}`,
    ...Object.fromEntries([1, 2, 3, 4, 5].map((criterion) => [`criteria_${criterion}`, score])),
  });

const writeScores = (store: Store, rows: readonly RowOf<'validator_scores'>[]): Promise<unknown> =>
  store.writeShard({ table: 'validator_scores', run: 'r', shard: 's' }, 'train', rows);

describe('the views of metrics', () => {
  it('agreement_totals give the alpha that krippendorffAlpha gives from the ratings', () =>
    withStore(async (store) => {
      const rating = fc.option(fc.double({ min: 1, max: 5, noNaN: true }));
      const prompts = fc.array(fc.array(fc.tuple(rating, rating, rating), { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 5,
      });
      let runCount = 0;
      await fc.assert(
        fc.asyncProperty(prompts, async (given) => {
          runCount += 1;
          const run = `r${runCount}`;
          const rows = given.flatMap((answers, prompt) =>
            answers.flatMap((ratings, variation) =>
              ratings.map((score, index) => scores(prompt, variation - 1, index + 1, score)),
            ),
          );
          await store.writeShard({ table: 'validator_scores', run, shard: 's' }, 'train', rows);
          const totals = await store.query(
            `select units::double as units, ratings::double as ratings, "sum", squares, observed
             from agreement_totals where run = $run and criterion = 3 order by base_prompt_idx`,
            { run },
          );
          const fromView = alphaOfClusters(totals as never, { seed: 1, resamples: 20 });
          const units = given.flatMap((answers, prompt) =>
            answers.map((ratings) => ({ cluster: String(prompt), ratings })),
          );
          const fromRatings = krippendorffAlpha(units, { seed: 1, resamples: 20 });
          assert.equal(fromView.unitCount, fromRatings.unitCount);
          assert.equal(fromView.alpha === null, fromRatings.alpha === null);
          if (fromView.alpha === null || fromRatings.alpha === null) return;
          assert.ok(Math.abs(fromView.alpha - fromRatings.alpha) < 1e-6);
        }),
        // Each one writes a file.
        { numRuns: 20 },
      );
    }));

  it('variation_scores compare a variation with the untouched prompt as the same validators see both', () =>
    withStore(async (store) => {
      await writeScores(store, [
        scores(0, -1, 1, 2),
        scores(0, -1, 2, 4),
        scores(0, 0, 1, 3),
        scores(0, 0, 2, null),
        scores(0, 1, 3, 5),
      ]);
      assert.deepEqual(
        await store.query('select * exclude (run) from variation_scores order by prompt_variation_idx'),
        [
          { base_prompt_idx: 0, prompt_variation_idx: -1, score: 3, gain: 0 },
          { base_prompt_idx: 0, prompt_variation_idx: 0, score: 3, gain: 1 },
          { base_prompt_idx: 0, prompt_variation_idx: 1, score: 5, gain: null },
        ],
      );
    }));

  it('approaches say how much each way of rewriting gains, and how often', () =>
    withStore(async (store) => {
      await writeScores(store, [
        ...[0, 1].map((prompt) => scores(prompt, -1, 1, 3)),
        scores(0, 0, 1, 5),
        scores(1, 0, 1, 2),
      ]);
      await store.writeShard(
        { table: 'prompt_variations', run: 'r', shard: 's' },
        'train',
        [0, 1].flatMap((prompt) =>
          [-1, 0].map((variation) =>
            rowOf('prompt_variations', {
              base_prompt_idx: prompt,
              prompt_variation_idx: variation,
              approach: variation < 0 ? 'untouched' : 'examples',
            }),
          ),
        ),
      );
      assert.deepEqual(await store.query('from approaches'), [
        { run: 'r', approach: 'examples', variations: 2, gain: 0.5, better: 0.5 },
      ]);
    }));

  it('validators count a score as missing when any criterion is', () =>
    withStore(async (store) => {
      await writeScores(store, [scores(0, -1, 2, 4), scores(0, 0, 2, null)]);
      assert.deepEqual(await store.query('from validators'), [
        { run: 'r', validator: 2, model: 'model-2', scores: 2, missing: 1, mean_score: 4 },
      ]);
    }));

  it('validator_correlations are null where a validator gives all answers the same', () =>
    withStore(async (store) => {
      const given = [
        [1, 2, 4],
        [2, 3, 4],
        [3, 5, 4],
      ];
      await writeScores(
        store,
        given.flatMap((row, prompt) => row.map((score, index) => scores(prompt, -1, index + 1, score))),
      );
      const rows = await store.query('from validator_correlations order by validator, other');
      assert.deepEqual(
        rows.map(({ validator, other, answers }) => [validator, other, answers]),
        [
          [1, 2, 3],
          [1, 3, 3],
          [2, 3, 3],
        ],
      );
      const [both, ...others] = rows.map(({ correlation }) => correlation);
      assert.ok(Math.abs(Number(both) - 3 / Math.sqrt(2 * (14 / 3))) < 1e-12);
      assert.deepEqual(others, [null, null]);
    }));

  it('spend leaves out what was kept from earlier calls', () =>
    withStore(async (store) => {
      const call = (key: string, cached: boolean) =>
        rowOf('model_calls', {
          stage: 'model_outputs',
          call_key: key,
          prompt_tokens: 10,
          completion_tokens: 5,
          seconds: cached ? null : 0.5,
          cached,
        });
      await store.writeShard({ table: 'model_calls', run: 'r', shard: 's' }, 'train', [
        call('a', false),
        call('b', true),
      ]);
      assert.deepEqual(await store.query('from spend'), [
        {
          run: 'r',
          stage: 'model_outputs',
          calls: 1,
          cached: 1,
          prompt_tokens: 10,
          completion_tokens: 5,
          thinking_tokens: 0,
          seconds: 0.5,
        },
      ]);
    }));
});
