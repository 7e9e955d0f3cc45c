import assert from 'node:assert/strict';
import { readAgreementTotals } from '../../../../../activities/stages/8-test/metrics/measure-agreement.ts';
import { alphaOfClusters, krippendorffAlpha } from '../../../../../activities/statistics/krippendorff.ts';
import { createRandom } from '../../../../../activities/randomness/random.ts';
import { rowOf } from '../../../store/rows.ts';
import { withStore } from '../../../store/with-store.ts';

const PROMPTS = 4_000;
const TOPICS = 20;

/** Prompts whose topics take turns; those of some topics are answered better, and validators disagree by chance. */
function makeRatings(): readonly (readonly number[])[] {
  const random = createRandom(3);
  return Array.from({ length: PROMPTS }, (_, prompt) => {
    const quality = 2 + ((prompt % TOPICS) / TOPICS) * 2;
    return [1, 2, 3].map(() => quality + random() * 2 - 1);
  });
}

describe('the agreement of many scores', () => {
  it('is read in slices and groups, with the alpha of all ratings and an interval as wide as theirs', () =>
    withStore(async (store) => {
      const ratings = makeRatings();
      const rows = ratings.flatMap((ofPrompt, prompt) =>
        ofPrompt.map((score, index) =>
          rowOf('validator_scores', {
            base_prompt_idx: prompt,
            prompt_variation_idx: -1,
            sample_idx: 0,
            validator: index + 1,
            criteria_1: score,
            criteria_2: prompt < 1_000 ? score : null,
          }),
        ),
      );
      await store.writeShard({ table: 'validator_scores', run: 'r', shard: 's' }, 'train', rows);
      const [first, second, third] = await readAgreementTotals(store, 'r', 5_000);

      const options = { seed: 1 };
      const expected = krippendorffAlpha(
        ratings.map((ofPrompt, prompt) => ({ cluster: String(prompt), ratings: ofPrompt })),
        options,
      );
      const found = alphaOfClusters(first ?? [], options);
      assert.equal(first?.length, 997);
      assert.equal(found.unitCount, PROMPTS);
      assert.ok(Math.abs(found.alpha! - expected.alpha!) < 1e-9);
      const widths = (found.high! - found.low!) / (expected.high! - expected.low!);
      assert.ok(widths > 0.85 && widths < 1.15, `${widths} times as wide`);

      assert.equal(alphaOfClusters(second ?? [], options).unitCount, 1_000);
      assert.deepEqual(third, []);
    }));
});
