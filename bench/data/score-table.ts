/** A made-up table of scores of any size, laid out as runs lay theirs out. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDatabase, quote } from '../../activities/store/duckdb/database.ts';
import { digest } from '../../activities/store/digest.ts';
import { shardFile } from '../../activities/store/paths.ts';

export const RUN = 'prose-20260102-030405-abc123';
const PROMPTS_OF_A_SHARD = 200;
const VARIATIONS = 9;
const SAMPLES = 2;
const VALIDATORS = 3;
const ANSWERS_OF_A_PROMPT = VARIATIONS * SAMPLES;

/**
 * Writes at least `rowCount` rows of `validator_scores`, some of them missing, below `root`; the same rows each time. As in
 * a run, each validator has shards of its own, whose names, digests, say nothing of the prompts in them.
 *
 * @returns the rows written.
 */
export async function writeScores(root: string, rowCount: number): Promise<number> {
  const database = await openDatabase(root);
  const prompts = Math.ceil(rowCount / (ANSWERS_OF_A_PROMPT * VALIDATORS));
  try {
    for (let from = 0; from < prompts; from += PROMPTS_OF_A_SHARD) {
      const to = Math.min(prompts, from + PROMPTS_OF_A_SHARD);
      for (let validator = 1; validator <= VALIDATORS; validator += 1) {
        const name = digest({ from, validator }).slice(0, 16);
        const path = join(root, shardFile({ table: 'validator_scores', run: RUN, shard: `scores-v${validator}-${name}` }));
        await mkdir(dirname(path), { recursive: true });
        await database.withConnection((connection) =>
          connection.run(`copy (${rowsOf(from, to, validator)}) to ${quote(path)} (format parquet, compression zstd)`),
        );
      }
    }
  } finally {
    database.close();
  }
  return prompts * ANSWERS_OF_A_PROMPT * VALIDATORS;
}

/** One validator's scores of the answers to the prompts from `from` to before `to`; about one in fifty is missing. */
function rowsOf(from: number, to: number, validator: number): string {
  const score = (criterion: number): string =>
    `case when hash(i, 0, ${validator}) % 50 = 0 then null
      else 1 + 4 * (hash(i, ${criterion}, ${validator}) % 1000) / 999 end as criteria_${criterion}`;
  return `select (i // ${ANSWERS_OF_A_PROMPT})::integer as base_prompt_idx,
      ((i // ${SAMPLES}) % ${VARIATIONS} - 1)::integer as prompt_variation_idx,
      (i % ${SAMPLES})::integer as sample_idx,
      ${validator}::integer as validator,
      ${[1, 2, 3, 4, 5].map(score).join(', ')},
      'The answer names the topic ' || i as reason, '{"criteria_1": 4, "number": ' || i || '}' as raw_answer,
      'integer' as scored_by, null::varchar as error, 'model-${validator}' as model, i::bigint as seed
    from range(${from * ANSWERS_OF_A_PROMPT}, ${to * ANSWERS_OF_A_PROMPT}) as t(i)`;
}
