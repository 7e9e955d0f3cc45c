import { criteriaMean, criteriaSum } from '../../scoring/criteria-sql.ts';
import type { Activity } from '../../activity.ts';
import type { Row, RowOf, ShardReference } from '../../store/tables.ts';
import type { ScoredVariation } from './pair-selection.ts';
import type { Store } from '../../store/store.ts';
import { calibrate } from '../../statistics/calibration.ts';
import { digest } from '../../store/digest.ts';
import { findLeak, wordRunsOf } from '../../wording/leak-check.ts';
import { countMissingScores } from '../../scoring/missing-scores.ts';
import { selectPairs, standardErrorOfDifference } from './pair-selection.ts';
import { shardSchema } from '../../schemas.ts';
import { writesByItself } from '../../trainers/index.ts';
import { learningValidators } from '../../scoring/validator-trust.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export type PairsInput = Record<string, never>;

export interface PairsOutput {
  readonly shard: ShardReference;
  /** Pairs of the `train` split: all that training may see. */
  readonly trainPairs: number;
  /** Pairs of the `select` split, on which the trained model's accuracy is measured. */
  readonly heldOutPairs: number;
  /** Pairs left out because the chosen prompt copies eight words in a row from the data: `leak-check.ts`. */
  readonly leakingPairs: number;
}

/**
 * The scores that learning may see, by validators that are believed and are not the referee: a validator's mean over the criteria and the samples of a variation; null if any of
 * it is missing.
 */
const ratings = `
  select s.base_prompt_idx, s.prompt_variation_idx, s.validator, p.split, p.base_prompt, v.prompt_variation, v.approach,
    case when count(${criteriaSum('s')}) = count(*)
      then avg(${criteriaMean('s')}) end as score
  from validator_scores s
  join prompt_variations v using (base_prompt_idx, prompt_variation_idx)
  join base_prompts p using (base_prompt_idx)
  where s.run = $run and v.run = $run and p.run = $run and p.split in ('train', 'select')
    and list_contains($validators, s.validator)
  group by all
  order by all`;

/**
 * What a chosen prompt must not copy: held-out prompts (of no base prompt), and what the main model answers to the untouched prompt.
 * Answers to the rewritten prompts are no measure, as they may repeat the prompt.
 */
const forbiddenTexts = `
  select null as base_prompt_idx, base_prompt as text from base_prompts where run = $run and split in ('test', 'gate')
  union all
  select base_prompt_idx, model_output from model_outputs
  where run = $run and prompt_variation_idx = -1 and model_output is not null and list_contains($indexes, base_prompt_idx)`;

/** Contrast: better and worse variations of the same base prompt, from the `train` and `select` splits only. */
export const buildPairs: Activity<PairsInput, PairsOutput> = {
  name: 'buildPairs',
  description: 'Pairs better with worse variations of the same base prompt by their calibrated scores.',
  taskQueue: 'prose',
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({}),
  output: objectSchema({
    shard: shardSchema,
    trainPairs: { type: 'integer' },
    heldOutPairs: { type: 'integer' },
    leakingPairs: { type: 'integer' },
  }),
  async run(_input, context) {
    const { store, run, settings, log } = context;
    const missing = await countMissingScores(context);
    if (missing.areTooMany) log.warn(missing, 'too many scores are missing: no pairs are made of the rest');
    const validators = missing.areTooMany ? [] : await learningValidators({ store, run, settings, log });
    const rows = validators.length === 0 ? [] : await store.query(ratings, { run: run.runId, validators });
    const { pairs: rules, trainer } = settings.promptOptimization;
    // What puts prompts into templates cannot learn to write at length, and on a short prompt any template is long.
    const candidates = pairRows(
      rows,
      writesByItself(trainer) ? { ...rules, maxLengthRatio: Infinity } : rules,
    );
    const pairs = await withoutLeaks(candidates, store, run.runId);
    const leakingPairs = candidates.length - pairs.length;
    if (leakingPairs > 0)
      log.warn(
        { leakingPairs },
        'pairs are left out whose chosen prompt copies eight words in a row from the data',
      );
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
    const output = { shard, trainPairs: count('train'), heldOutPairs: count('select'), leakingPairs };
    log.info(output, 'built pairs');
    return output;
  },
};

/** The pairs that copy nothing; those left of a base prompt share its say anew. */
async function withoutLeaks(
  pairs: readonly RowOf<'pairs'>[],
  store: Store,
  run: string,
): Promise<RowOf<'pairs'>[]> {
  if (pairs.length === 0) return [];
  const indexes = [...new Set(pairs.map((pair) => pair['base_prompt_idx']))];
  const texts = await store.query(forbiddenTexts, { run, indexes });
  const textsOf = new Map<unknown, string[]>();
  for (const { base_prompt_idx: index, text } of texts) {
    const own = textsOf.get(index) ?? [];
    own.push(String(text));
    textsOf.set(index, own);
  }
  const heldOut = wordRunsOf(textsOf.get(null) ?? []);
  const kept = pairs.filter((pair) => {
    const answers = wordRunsOf(textsOf.get(pair['base_prompt_idx']) ?? []);
    return findLeak(String(pair['chosen']), String(pair['prompt']), [heldOut, answers]) === null;
  });
  const countOf = new Map<unknown, number>();
  for (const { base_prompt_idx: index } of kept) countOf.set(index, (countOf.get(index) ?? 0) + 1);
  return kept.map((pair) => ({ ...pair, weight: 1 / (countOf.get(pair['base_prompt_idx']) ?? 1) }));
}

function pairRows(
  rows: readonly Row[],
  rules: { readonly minMargin: number; readonly maxPerPrompt: number; readonly maxLengthRatio: number },
): RowOf<'pairs'>[] {
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
  const approachOf = (basePromptIdx: number, { variationIdx }: ScoredVariation): string | null => {
    const approach = textOf.get(`${basePromptIdx}:${variationIdx}`)?.['approach'];
    return typeof approach === 'string' ? approach : null;
  };
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
    selectPairs(variations, { ...rules, standardError }).map((pair, index): RowOf<'pairs'> => ({
      base_prompt_idx: basePromptIdx,
      pair_idx: index,
      split: String(row['split']),
      prompt: String(row['base_prompt']),
      chosen: pair.chosen.prompt,
      rejected: pair.rejected.prompt,
      chosen_variation_idx: pair.chosen.variationIdx,
      rejected_variation_idx: pair.rejected.variationIdx,
      chosen_approach: approachOf(basePromptIdx, pair.chosen),
      rejected_approach: approachOf(basePromptIdx, pair.rejected),
      margin: pair.margin,
      probability: pair.probability,
      weight: pair.weight,
    })),
  );
}
