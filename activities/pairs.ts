import type { Activity } from './activity.ts';
import type { Row, ShardReference } from './store/tables.ts';
import type { ScoredVariation } from './pair-selection.ts';
import { calibrate } from './statistics/calibration.ts';
import { digest } from './store/digest.ts';
import { countMissingScores } from './missing-scores.ts';
import { selectPairs, standardErrorOfDifference } from './pair-selection.ts';
import { shardSchema } from './schemas.ts';
import { learningValidators } from './validator-trust.ts';

export type PairsInput = Record<string, never>;

export interface PairsOutput {
  readonly shard: ShardReference;
  /** Pairs of the `train` split: all that training may see. */
  readonly trainPairs: number;
  /** Pairs of the `select` split, on which the trained model's accuracy is measured. */
  readonly heldOutPairs: number;
}

/**
 * The scores that learning may see, by validators that are believed and are not the referee: a validator's mean over the five criteria and the samples of a variation; null if any of
 * it is missing.
 */
const ratings = `
  select s.base_prompt_idx, s.prompt_variation_idx, s.validator, p.split, p.base_prompt, v.prompt_variation,
    case when count(s.criteria_1 + s.criteria_2 + s.criteria_3 + s.criteria_4 + s.criteria_5) = count(*)
      then avg((s.criteria_1 + s.criteria_2 + s.criteria_3 + s.criteria_4 + s.criteria_5) / 5) end as score
  from validator_scores s
  join prompt_variations v using (base_prompt_idx, prompt_variation_idx)
  join base_prompts p using (base_prompt_idx)
  where s.run = $run and v.run = $run and p.run = $run and p.split in ('train', 'select')
    and list_contains($validators, s.validator)
  group by all
  order by all`;

/** Contrast: better and worse variations of the same base prompt, from the `train` and `select` splits only. */
export const buildPairs: Activity<PairsInput, PairsOutput> = {
  name: 'buildPairs',
  description: 'Pairs better with worse variations of the same base prompt by their calibrated scores.',
  taskQueue: 'prose',
  cacheable: 'it reads whatever is in the tables of its run',
  input: { type: 'object', additionalProperties: false, properties: {} },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['shard', 'trainPairs', 'heldOutPairs'],
    properties: { shard: shardSchema, trainPairs: { type: 'integer' }, heldOutPairs: { type: 'integer' } },
  },
  async run(_input, context) {
    const { store, run, settings, log } = context;
    const missing = await countMissingScores(context);
    if (missing.areTooMany) log.warn(missing, 'too many scores are missing: no pairs are made of the rest');
    const validators = missing.areTooMany ? [] : await learningValidators({ store, run });
    const rows = validators.length === 0 ? [] : await store.query(ratings, { run: run.runId, validators });
    const pairs = pairRows(rows, settings.promptOptimization.pairs);
    const count = (split: string): number => pairs.filter((pair) => pair['split'] === split).length;
    const shard = await store.writeShard(
      {
        table: 'pairs',
        run: run.runId,
        shard: `pairs-${digest({ run: run.runId, settings: run.settingsDigest, validators }).slice(0, 16)}`,
      },
      'all',
      pairs,
    );
    const output = { shard, trainPairs: count('train'), heldOutPairs: count('select') };
    log.info(output, 'built pairs');
    return output;
  },
};

function pairRows(
  rows: readonly Row[],
  rules: { readonly minMargin: number; readonly maxPerPrompt: number; readonly maxLengthRatio: number },
): Row[] {
  const { scores } = calibrate(
    rows.map((row) => ({
      basePromptIdx: Number(row['base_prompt_idx']),
      variationIdx: Number(row['prompt_variation_idx']),
      validator: Number(row['validator']),
      score: typeof row['score'] === 'number' ? row['score'] : null,
    })),
  );
  const textOf = new Map(
    rows.map((row) => [`${String(row['base_prompt_idx'])}:${String(row['prompt_variation_idx'])}`, row]),
  );
  const byPrompt = new Map<number, { row: Row; variations: ScoredVariation[] }>();
  for (const { basePromptIdx, variationIdx, score, byValidator } of scores) {
    const row = textOf.get(`${basePromptIdx}:${variationIdx}`);
    if (!row || typeof row['prompt_variation'] !== 'string') continue;
    const entry = byPrompt.get(basePromptIdx) ?? { row, variations: [] };
    entry.variations.push({ variationIdx, prompt: row['prompt_variation'], score, byValidator });
    byPrompt.set(basePromptIdx, entry);
  }
  const standardError = standardErrorOfDifference(
    [...byPrompt.values()].flatMap(({ variations }) => variations),
  );
  return [...byPrompt].flatMap(([basePromptIdx, { row, variations }]) =>
    selectPairs(variations, { ...rules, standardError }).map((pair, index): Row => ({
      base_prompt_idx: basePromptIdx,
      pair_idx: index,
      split: String(row['split']),
      prompt: String(row['base_prompt']),
      chosen: pair.chosen.prompt,
      rejected: pair.rejected.prompt,
      chosen_variation_idx: pair.chosen.variationIdx,
      rejected_variation_idx: pair.rejected.variationIdx,
      margin: pair.margin,
      probability: pair.probability,
      weight: pair.weight,
    })),
  );
}
