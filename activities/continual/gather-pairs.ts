import type { Activity } from '../activity.ts';
import type { Row, RowOf, ShardReference } from '../store/tables.ts';
import { digestPanel } from '../claims/digest-panel.ts';
import { findStandingClaim, readClaims } from '../claims/ledger.ts';
import { readOpponent } from '../claims/opponent.ts';
import { digest } from '../store/digest.ts';
import { shardSchema } from '../schemas.ts';
import { lineageOf, readRounds, type RoundDecision } from './rounds.ts';
import { planTraining, replayPairs, type TrainingPlan, type TrainingRule } from './replay.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface GatherPairsInput extends TrainingRule {
  /** Training pairs of this round. */
  readonly newPairs: number;
  /** Training pairs in all beyond which earlier ones are sampled. */
  readonly maxPairs: number;
}

export interface GatherPairsOutput extends Omit<TrainingPlan, 'decision'> {
  /** The shard of training_pairs. */
  readonly shard: ShardReference;
  /** Whether to train. */
  readonly trains: boolean;
  /** What the round is if it does not train; empty if it does. */
  readonly decision: Extract<RoundDecision, 'skipped' | 'collected'> | '';
  /** The champion that a challenger must beat; empty if there is none. */
  readonly champion: string;
  /** Challenger of earlier rounds that is not proven yet and is looked at again, so that none is trained; empty if there is none. */
  readonly standing: string;
}

const pairs = `
  select pairs.* exclude (run), run as source_run, topic
  from pairs join base_prompts using (run, base_prompt_idx)`;

/** Gathers what the round's challenger learns from: its own pairs, and those of all earlier rounds of its lineage. */
export const gatherPairs: Activity<GatherPairsInput, GatherPairsOutput> = {
  name: 'gatherPairs',
  description:
    'Replays the pairs of earlier rounds with the new ones, and says whether there is enough to train on.',
  taskQueue: 'prose',
  input: objectSchema({
    newPairs: { type: 'integer', minimum: 0 },
    maxPairs: { type: 'integer', minimum: 1 },
    minimumPairs: { type: 'integer', minimum: 1 },
    coolDownAfter: { type: 'integer', minimum: 1 },
  }),
  output: objectSchema({
    shard: shardSchema,
    trains: { type: 'boolean' },
    decision: { type: 'string' },
    reason: { type: 'string' },
    freshPairs: { type: 'integer' },
    requiredPairs: { type: 'integer' },
    champion: { type: 'string' },
    standing: { type: 'string' },
  }),
  async run({ newPairs, maxPairs, ...rule }, { store, run, settings, log }) {
    const lineage = lineageOf(settings);
    const earlier = await readRounds(store, lineage);
    const { decision, ...plan } = planTraining(earlier, newPairs, rule);
    const order = new Map(earlier.map((round) => [round.run, round.round]));
    const own = await store.query(`${pairs} where run = $run order by all`, { run: run.runId });
    const replayed = await store.query(`${pairs} where list_contains($runs, run) order by all`, {
      runs: earlier.map((round) => round.run).filter((other) => other !== run.runId),
    });
    const newestFirst = replayed.toSorted((one, other) => roundOf(other, order) - roundOf(one, order));
    const rows = ['train', 'select'].flatMap((split) => {
      const ofSplit = (all: readonly Row[]): RowOf<'training_pairs'>[] =>
        all.filter((row) => row['split'] === split).map(trainingPair);
      return replayPairs(ofSplit(own), ofSplit(newestFirst), maxPairs, run.seed);
    });
    const shard = await store.writeShard(
      {
        table: 'training_pairs',
        run: run.runId,
        shard: `replayed-${digest({ run: run.runId, settings: run.settingsDigest, maxPairs }).slice(0, 16)}`,
      },
      'all',
      rows,
    );
    const champion = await readOpponent({ store, settings });
    const looking = { champion, panel: digestPanel(settings), run: run.runId };
    const standing = findStandingClaim(await readClaims(store, lineage), looking)?.version ?? '';
    log.info({ ...plan, replayed: replayed.length, champion, standing }, plan.reason || 'enough new pairs');
    return standing === ''
      ? { shard, trains: decision === null, decision: decision ?? '', ...plan, champion, standing }
      : { shard, trains: false, decision: '', ...plan, reason: '', champion, standing };
  },
};

function trainingPair(row: Row): RowOf<'training_pairs'> {
  return {
    source_run: String(row['source_run']),
    base_prompt_idx: Number(row['base_prompt_idx']),
    pair_idx: Number(row['pair_idx']),
    split: String(row['split']),
    topic: String(row['topic']),
    prompt: String(row['prompt']),
    chosen: String(row['chosen']),
    rejected: String(row['rejected']),
    chosen_approach: row['chosen_approach'] === null ? null : String(row['chosen_approach']),
    rejected_approach: row['rejected_approach'] === null ? null : String(row['rejected_approach']),
    probability: Number(row['probability']),
    weight: Number(row['weight']),
  };
}

function roundOf(row: Row, order: ReadonlyMap<string, number>): number {
  return order.get(String(row['source_run'])) ?? -1;
}
