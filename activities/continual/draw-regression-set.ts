import type { Activity } from '../activity.ts';
import type { ShardReference } from '../store/tables.ts';
import { digest } from '../store/digest.ts';
import { shardSchema } from '../schemas.ts';
import { lineageOf } from './rounds.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface RegressionSetInput {
  /** Most prompts of it. */
  readonly count: number;
  /** Base prompts of this round: those of the regression set are numbered from here on. */
  readonly firstIndex: number;
}

export interface RegressionSetOutput {
  readonly shards: readonly ShardReference[];
  readonly count: number;
}

/** Gate prompts of earlier rounds of the lineage, the newest first; no pair ever came from one. */
const gatePrompts = `
  select base_prompt, topic, fields, base_prompts.model, base_prompts.seed
  from base_prompts join rounds using (run)
  where lineage = $lineage and split = 'gate' and run <> $run
  order by round desc, run, base_prompt_idx
  limit $count`;

/** Takes the newest gate prompts of earlier rounds into this round, to be answered afresh: the rolling regression set. */
export const drawRegressionSet: Activity<RegressionSetInput, RegressionSetOutput> = {
  name: 'drawRegressionSet',
  description: "Takes the newest gate prompts of earlier rounds into this round's test.",
  taskQueue: 'prose',
  input: objectSchema({
    count: { type: 'integer', minimum: 0 },
    firstIndex: { type: 'integer', minimum: 0 },
  }),
  output: objectSchema({ shards: { type: 'array', items: shardSchema }, count: { type: 'integer' } }),
  async run({ count, firstIndex }, { store, run, settings }) {
    const rows = await store.query(gatePrompts, {
      lineage: lineageOf(settings),
      run: run.runId,
      count,
    });
    const name = `regression-${digest({ run: run.runId, count, firstIndex }).slice(0, 16)}`;
    const { shardSize } = settings.basePrompt;
    const shards: ShardReference[] = [];
    for (let from = 0; from < rows.length; from += shardSize) {
      const shard = `${name}-${String(from / shardSize).padStart(4, '0')}`;
      const ofShard = rows.slice(from, from + shardSize).map((row, index) => ({
        base_prompt_idx: firstIndex + from + index,
        base_prompt: String(row['base_prompt']),
        topic: String(row['topic']),
        split: 'regression',
        source: 'earlier round',
        fields: typeof row['fields'] === 'string' ? row['fields'] : null,
        model: String(row['model'] ?? ''),
        seed: Number(row['seed'] ?? 0),
      }));
      shards.push(
        await store.writeShard({ table: 'base_prompts', run: run.runId, shard }, 'regression', ofShard),
      );
    }
    return { shards, count: rows.length };
  },
};
