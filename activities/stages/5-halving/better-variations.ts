import type { Activity } from '../../activity.ts';
import type { RowOf, ShardReference } from '../../store/tables.ts';
import { chooseBetter, type FirstLook, type KeptVariation } from './halving.ts';
import { CRITERIA, FIRST_COUNT } from '../../../configs/settings/criteria.ts';
import { deriveSeed } from '../../randomness/seed.ts';
import { digest } from '../../store/digest.ts';
import { shardSchema } from '../../schemas.ts';
import { distrust, tallySentinels } from '../../scoring/validator-trust.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface BetterVariationsInput {
  /** A shard of prompt_variations. */
  readonly shard: ShardReference;
  /** The shards of validator_scores that its answers were given. */
  readonly scores: readonly ShardReference[];
}

/**
 * Between the looks of halving: which variations of a shard are answered and scored once more. All of them, if by the sentinels
 * so far nobody who has looked is to be believed.
 */
export const keepBetterVariations: Activity<BetterVariationsInput, ShardReference> = {
  name: 'keepBetterVariations',
  description:
    'Keeps the untouched prompt, the better three eighths of its variations and a random tenth of the rest, for a fresh look.',
  taskQueue: 'prose',
  cacheable: 'it heeds the sentinels of its run',
  input: objectSchema({ shard: shardSchema, scores: { type: 'array', items: shardSchema } }),
  output: shardSchema,
  async run({ shard, scores }, { store, run, log }) {
    const variations = await store.readRows('prompt_variations', shard);
    const scored = (
      await Promise.all(scores.map((reference) => store.readRows('validator_scores', reference)))
    ).flat();
    const tallies = await tallySentinels({ store, run });
    const reasonAgainst = (validator: number): string | null =>
      distrust(tallies.filter((tally) => tally.validator === validator));
    const looked = [...new Set(scored.map((row) => row['validator']))];
    const believed = looked.filter((validator) => reasonAgainst(validator) === null);
    if (believed.length < looked.length) {
      const reasons = looked.flatMap((validator) => reasonAgainst(validator) ?? []);
      log.warn({ shard: shard.shard, looked, believed, reasons }, 'some first looks are not believed');
    }
    const ratings = ratingsOf(scored.filter((row) => believed.includes(row['validator'])));
    const choose = looked.length > 0 && believed.length === 0 ? keepAll : chooseBetter;
    const indexes = [...new Set(variations.map((row) => row['base_prompt_idx']))];
    const rows = indexes.flatMap((basePromptIdx): RowOf<'kept_variations'>[] => {
      const own = variations.filter((row) => row['base_prompt_idx'] === basePromptIdx);
      const looks = own.map((row) => ({
        variationIdx: row['prompt_variation_idx'],
        score: ratings.get(`${basePromptIdx}:${String(row['prompt_variation_idx'])}`) ?? null,
      }));
      return choose(looks, deriveSeed(run.seed, 'kept_variations', basePromptIdx)).map((kept) => ({
        base_prompt_idx: basePromptIdx,
        prompt_variation_idx: kept.variationIdx,
        prompt_variation:
          own.find((row) => row['prompt_variation_idx'] === kept.variationIdx)?.['prompt_variation'] ?? null,
        kept_as: kept.keptAs,
      }));
    });
    const name = digest({ shard: shard.shard, scores: scores.map((one) => one.shard), believed }).slice(
      0,
      16,
    );
    return store.writeShard(
      { table: 'kept_variations', run: run.runId, shard: `kept-${name}` },
      shard.split,
      rows,
    );
  },
};

function keepAll(looks: readonly FirstLook[]): KeptVariation[] {
  return looks.map(({ variationIdx }) => ({
    variationIdx,
    keptAs: variationIdx < 0 ? 'untouched' : 'unjudged',
  }));
}

/** Mean score over criteria, samples and validators, by base prompt and variation; absent where nothing whole was scored. */
function ratingsOf(rows: readonly RowOf<'validator_scores'>[]): Map<string, number> {
  const sheets = new Map<string, number[]>();
  for (const row of rows) {
    const scores = CRITERIA.map((key) => row[key]).filter((score) => typeof score === 'number');
    if (scores.length < (row.criteria_count ?? FIRST_COUNT)) continue;
    const key = `${String(row['base_prompt_idx'])}:${String(row['prompt_variation_idx'])}`;
    sheets.set(key, [
      ...(sheets.get(key) ?? []),
      scores.reduce((sum, score) => sum + score, 0) / scores.length,
    ]);
  }
  return new Map(
    [...sheets].map(([key, means]) => [key, means.reduce((sum, mean) => sum + mean, 0) / means.length]),
  );
}
