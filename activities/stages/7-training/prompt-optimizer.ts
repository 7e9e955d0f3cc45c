import { restsOnSimulation } from '../../../configs/settings/simulated.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import type { Store } from '../../store/store.ts';
import type { Row, ShardReference } from '../../store/tables.ts';
import type { TrainingMetrics, TrainingPair, VersionFiles } from '../../trainers/trainer.ts';
import { sectionOf } from '../../../configs/settings/trainer-contract.ts';
import { ActivityError } from '../../attempts/errors.ts';
import { readModelFile, versionFiles, writeModelVersion } from '../../store/model-registry.ts';
import { digest } from '../../store/digest.ts';
import { findTrainer } from '../../trainers/index.ts';
import { shardSchema } from '../../schemas.ts';
import { findParent } from './find-parent.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

const role = 'prompt_optimization';

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

/** Stage 7: contrastive learning. Trains the prompt-optimization model on pairs of the `train` split alone. */
export const trainPromptOptimizer: Activity<TrainingInput, TrainingOutput> = {
  name: 'trainPromptOptimizer',
  description:
    'Trains the prompt-optimization model on chosen and rejected variations (contrastive learning).',
  taskQueue: 'gpu-training',
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({ shard: shardSchema }),
  output: objectSchema({
    version: { type: 'string' },
    trainPairs: { type: 'integer' },
    heldOutPairs: { type: 'integer' },
    heldOutAccuracy: { type: 'number' },
  }),
  async run({ shard }, context) {
    const { store, run, settings, log, gpus, signal } = context;
    const trainer = findTrainer(settings.promptOptimization.trainer);
    if (gpus.length < trainer.gpus) {
      const message = `The trainer '${trainer.name}' needs ${trainer.gpus} GPUs, and this task queue gives ${gpus.length}: tag it in configs/queues.yaml, on a machine that has them.`;
      throw new ActivityError('TOO_FEW_GPUS', message);
    }
    const rows = await store.readShard(shard);
    const topicOf = await topicReader(shard, store);
    const pairsOf = (split: string): TrainingPair[] =>
      rows
        .filter((row) => row['split'] === split)
        .map((row) => ({
          basePromptIdx: Number(row['base_prompt_idx']),
          topic: topicOf(row),
          prompt: String(row['prompt']),
          chosen: String(row['chosen']),
          rejected: String(row['rejected']),
          chosenApproach: textOrNull(row['chosen_approach']),
          rejectedApproach: textOrNull(row['rejected_approach']),
          probability: Number(row['probability']),
          weight: Number(row['weight']),
        }));
    const data = digest(rows);
    const config = settings.promptOptimization;
    const settingsOfTrainer = sectionOf(config, trainer.name);
    const parent = await findParent(context, role, settingsOfTrainer);
    const origin = { data, config, seed: run.seed, ...(parent !== undefined && { parent }) };
    const version = `${trainer.name}-${digest(origin).slice(0, 12)}`;
    const folderOfParent =
      parent === undefined ? undefined : await versionFiles(store, role, parent).folder();
    const metrics = await trainOnce(version, context, (files) =>
      trainer.train({
        pairs: pairsOf('train'),
        heldOut: pairsOf('select'),
        // The config was checked against the trainer's schema when the run was pinned.
        settings: settingsOfTrainer as never,
        seed: run.seed,
        ...(folderOfParent !== undefined && { parent: folderOfParent }),
        files,
        signal,
        heartbeat: (progress) => context.heartbeat(progress),
        machine: context,
      }),
    );
    await writeModelVersion(
      store,
      {
        role,
        version,
        trainer: trainer.name,
        run: run.runId,
        settingsDigest: run.settingsDigest,
        seed: run.seed,
        parents: parent === undefined ? [] : [parent],
        data: { [shard.table]: data },
        simulated: restsOnSimulation(settings),
      },
      { 'metrics.json': `${JSON.stringify(metrics, null, 2)}\n` },
    );
    log.info({ version, ...metrics }, `trained with '${trainer.name}'`);
    return {
      version,
      trainPairs: metrics.trainPairs,
      heldOutPairs: metrics.heldOutPairs,
      heldOutAccuracy: metrics.heldOutAccuracy?.value ?? -1,
    };
  },
};

function textOrNull(cell: Row[string] | undefined): string | null {
  return typeof cell === 'string' ? cell : null;
}

/** A version that is whole is not trained again: its metrics are read. */
async function trainOnce(
  version: string,
  { store }: ActivityContext,
  train: (files: VersionFiles) => Promise<TrainingMetrics>,
): Promise<TrainingMetrics> {
  const files = versionFiles(store, role, version);
  if ((await files.read('manifest.json')) === undefined) return train(files);
  return (await readModelFile(store, role, version, 'metrics.json')) as TrainingMetrics;
}

/** Topic families of pairs: training_pairs, which are of several runs, have their own. */
async function topicReader(shard: ShardReference, store: Store): Promise<(pair: Row) => string> {
  if (shard.table === 'training_pairs') return (pair) => String(pair['topic']);
  const topics = await store.query('select base_prompt_idx, topic from base_prompts where run = $run', {
    run: shard.run,
  });
  const topicOf = new Map(topics.map((row) => [row['base_prompt_idx'], String(row['topic'])]));
  return (pair) => topicOf.get(pair['base_prompt_idx'] ?? null) ?? '';
}
