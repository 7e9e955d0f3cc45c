import assert from 'node:assert/strict';
import fc from 'fast-check';
import { criteriaMean } from '../../../activities/scoring/criteria-sql.ts';
import { CRITERIA } from '../../../configs/settings/criteria.ts';
import { rowOf } from '../store/rows.ts';
import { withStore } from '../store/with-store.ts';

/** A sheet by a rubric of so many criteria; null = missing. A count of null stands for five, as in files of earlier versions. */
const sheets = fc.option(fc.integer({ min: 1, max: CRITERIA.length })).chain((count) =>
  fc.record({
    count: fc.constant(count),
    scores: fc.array(fc.option(fc.integer({ min: 1, max: 5 }), { freq: 12 }), {
      minLength: count ?? 5,
      maxLength: count ?? 5,
    }),
  }),
);

describe('the mean over the criteria of a rubric', () => {
  it('is that of those it has, and null where one of them is missing, in SQL of activities and in score_sheets alike', () =>
    withStore((store) =>
      fc.assert(
        fc.asyncProperty(fc.array(sheets, { minLength: 1, maxLength: 20 }), fc.uuid(), async (made, run) => {
          const rows = made.map(({ count, scores }, sample_idx) =>
            rowOf('validator_scores', {
              base_prompt_idx: 0,
              prompt_variation_idx: 0,
              sample_idx,
              validator: 1,
              criteria_count: count,
              ...Object.fromEntries(scores.map((score, index) => [CRITERIA[index], score])),
            }),
          );
          await store.writeShard({ table: 'validator_scores', run, shard: 's' }, 'train', rows);
          const found = await store.query(
            `select ${criteriaMean()} as mean, score from score_sheets where run = $run order by sample_idx`,
            { run },
          );
          for (const [index, { scores }] of made.entries()) {
            const isWhole = scores.every((score) => score !== null);
            const mean = isWhole
              ? scores.reduce((sum, score) => sum + (score ?? 0), 0) / scores.length
              : null;
            for (const value of [found[index]?.['mean'], found[index]?.['score']])
              if (mean === null) assert.equal(value, null);
              else assert.ok(typeof value === 'number' && Math.abs(value - mean) < 1e-12, `${value} ${mean}`);
          }
        }),
        { numRuns: 15 },
      ),
    ));
});
