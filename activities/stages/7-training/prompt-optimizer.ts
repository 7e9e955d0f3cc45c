import { restsOnSimulation } from '../../../configs/settings/simulated.ts';
import type { Activity } from '../../activity.ts';
import type { Store } from '../../store/store.ts';
import type { Row, ShardReference } from '../../store/tables.ts';
import type { RankerPair } from '../../trainers/ranker/train.ts';
import type { Manifest } from '../../store/model-registry.ts';
import { writeModelVersion } from '../../store/model-registry.ts';
import { digest } from '../../store/digest.ts';
import { trainRanker } from '../../trainers/ranker/train.ts';
import { shardSchema } from '../../schemas.ts';

export interface TrainingInput {
  /** The shard of pairs, or of training_pairs. */
  readonly shard: ShardReference;
}

export interface TrainingOutput {
  /** Version under `models/prompt_optimization/`. */
  readonly version: string;
  readonly trainPairs: number;
  readonly heldOutPairs: number;
  /** Share of held-out pairs ordered rightly, 0 to 1; 0.5 is chance. -1 if there were no held-out pairs. */
  readonly heldOutAccuracy: number;
}

/** Stage 5: contrastive learning. Trains the prompt-optimization model on pairs of the `train` split alone. */
export const trainPromptOptimizer: Activity<TrainingInput, TrainingOutput> = {
  name: 'trainPromptOptimizer',
  description:
    'Trains the prompt-optimization model on chosen and rejected variations (contrastive learning).',
  taskQueue: 'gpu-training',
  cacheable: 'it reads whatever is in the tables of its run',
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['shard'],
    properties: { shard: shardSchema },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['version', 'trainPairs', 'heldOutPairs', 'heldOutAccuracy'],
    properties: {
      version: { type: 'string' },
      trainPairs: { type: 'integer' },
      heldOutPairs: { type: 'integer' },
      heldOutAccuracy: { type: 'number' },
    },
  },
  async run({ shard }, { store, run, settings, log }) {
    const rows = await store.readShard(shard);
    const topicOf = await topicReader(shard, store);
    const pairsOf = (split: string): RankerPair[] =>
      rows
        .filter((row) => row['split'] === split)
        .map((row) => ({
          basePromptIdx: Number(row['base_prompt_idx']),
          topic: topicOf(row),
          prompt: String(row['prompt']),
          chosen: String(row['chosen']),
          rejected: String(row['rejected']),
          probability: Number(row['probability']),
          weight: Number(row['weight']),
        }));
    const { l2, buckets } = settings.promptOptimization.ranker;
    const { model, metrics } = trainRanker({
      pairs: pairsOf('train'),
      heldOut: pairsOf('select'),
      l2,
      buckets,
      seed: run.seed,
    });
    const data = digest(rows);
    const version = `ranker-${digest({ data, config: settings.promptOptimization, seed: run.seed }).slice(0, 12)}`;
    const manifest: Manifest = {
      role: 'prompt_optimization',
      version,
      trainer: settings.promptOptimization.trainer,
      run: run.runId,
      settingsDigest: run.settingsDigest,
      seed: run.seed,
      parents: [],
      data: { [shard.table]: data },
      simulated: restsOnSimulation(settings),
    };
    await writeModelVersion(store, manifest, {
      'model.json': `${JSON.stringify(model)}\n`,
      'metrics.json': `${JSON.stringify(metrics, null, 2)}\n`,
    });
    log.info({ version, ...metrics }, 'trained the ranker');
    return {
      version,
      trainPairs: metrics.trainPairs,
      heldOutPairs: metrics.heldOutPairs,
      heldOutAccuracy: metrics.heldOutAccuracy?.value ?? -1,
    };
  },
};

/** Topic families of pairs: training_pairs, which are of several runs, have their own. */
async function topicReader(shard: ShardReference, store: Store): Promise<(pair: Row) => string> {
  if (shard.table === 'training_pairs') return (pair) => String(pair['topic']);
  const topics = await store.query('select base_prompt_idx, topic from base_prompts where run = $run', {
    run: shard.run,
  });
  const topicOf = new Map(topics.map((row) => [row['base_prompt_idx'], String(row['topic'])]));
  return (pair) => topicOf.get(pair['base_prompt_idx'] ?? null) ?? '';
}
