/** A made-up table of scores of any size, laid out as runs lay theirs out. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openDatabase, quote } from '../../activities/store/database.ts';
import { shardPath } from '../../activities/store/paths.ts';

export const RUN = 'bench';
const ROWS_OF_A_SHARD = 10_000;
const VARIATIONS = 9;
const SAMPLES = 2;
const VALIDATORS = 3;

/** Writes `rowCount` rows of `validator_scores`, some of them missing, below `root`. The same rows each time. */
export async function writeScores(root: string, rowCount: number): Promise<void> {
  const database = await openDatabase(root);
  const perPrompt = VARIATIONS * SAMPLES * VALIDATORS;
  const score = (criterion: number): string =>
    `case when hash(i, 0) % 50 = 0 then null else 1 + 4 * (hash(i, ${criterion}) % 1000) / 999 end as criteria_${criterion}`;
  try {
    for (let from = 0; from < rowCount; from += ROWS_OF_A_SHARD) {
      const path = shardPath(root, { table: 'validator_scores', run: RUN, shard: `s${from}` });
      await mkdir(dirname(path), { recursive: true });
      await database.withConnection((connection) =>
        connection.run(`copy (
          select (i // ${perPrompt})::integer as base_prompt_idx,
            ((i // ${VALIDATORS * SAMPLES}) % ${VARIATIONS} - 1)::integer as prompt_variation_idx,
            ((i // ${VALIDATORS}) % ${SAMPLES})::integer as sample_idx,
            (i % ${VALIDATORS} + 1)::integer as validator,
            ${[1, 2, 3, 4, 5].map(score).join(', ')},
            'The answer names the topic ' || i as reason, '{"criteria_1": 4, "number": ' || i || '}' as raw_answer,
            'integer' as scored_by, null::varchar as error, 'model-' || (i % ${VALIDATORS}) as model, i::bigint as seed
          from range(${from}, ${Math.min(rowCount, from + ROWS_OF_A_SHARD)}) as t(i)
        ) to ${quote(path)} (format parquet, compression zstd)`),
      );
    }
  } finally {
    database.close();
  }
}
