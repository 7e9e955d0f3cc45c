import type { Activity } from '../activity.ts';
import { shardSchema } from '../schemas.ts';
import { trialJudges } from './trial.ts';
import type { ShardReference } from '../store/tables.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface PlanHeadroomInput {
  /** Of base_prompts. */
  readonly shards: readonly ShardReference[];
  /** Enough of them. */
  readonly prompts: number;
}

export interface PlanHeadroomOutput {
  readonly shards: readonly ShardReference[];
  /** Who scores every answer. */
  readonly validators: readonly number[];
}

/** Before a trial of the headroom: the first training shards that have enough prompts. Held-out prompts stay unseen. */
export const planHeadroom: Activity<PlanHeadroomInput, PlanHeadroomOutput> = {
  name: 'planHeadroom',
  description:
    'Takes the first training shards that have as many prompts as are wanted, and names who scores their answers.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: true,
  input: objectSchema({
    shards: { type: 'array', items: shardSchema },
    prompts: { type: 'integer', minimum: 1, description: 'How many prompts are wanted.' },
  }),
  output: objectSchema({
    shards: { type: 'array', items: shardSchema },
    validators: { type: 'array', items: { type: 'integer' } },
  }),
  async run({ shards, prompts }, { settings }) {
    const taken: ShardReference[] = [];
    let held = 0;
    for (const shard of shards) {
      if (shard.split !== 'train' || held >= prompts) continue;
      taken.push(shard);
      held += shard.rowCount;
    }
    return { shards: taken, validators: trialJudges(settings) };
  },
};
