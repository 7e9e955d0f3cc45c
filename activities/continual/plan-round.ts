import type { Activity } from '../activity.ts';
import { deriveSeed } from '../randomness/seed.ts';
import { lineageOf, readRounds } from './rounds.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export type PlanRoundInput = Record<string, never>;

export interface PlanRoundOutput {
  /** From 0, within the lineage, over all runs. */
  readonly round: number;
  /** The round's own, so that its prompts and answers are fresh although a Schedule always gives the same params. */
  readonly seed: number;
}

/** First task of a round: which one it is. A round that failed was none, and its number is given again. */
export const planRound: Activity<PlanRoundInput, PlanRoundOutput> = {
  name: 'planRound',
  description: 'Counts the rounds of continual learning so far, and gives the next its number and seed.',
  taskQueue: 'prose',
  input: objectSchema({}),
  output: objectSchema({ round: { type: 'integer' }, seed: { type: 'integer' } }),
  async run(_input, { store, run, settings, log }) {
    const last = (await readRounds(store, lineageOf(settings))).at(-1);
    const round = (last?.round ?? -1) + 1;
    log.info({ round }, 'a new round');
    return { round, seed: deriveSeed(run.seed, 'round', round) };
  },
};
