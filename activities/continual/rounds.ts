/** The rounds of a lineage so far: what a new round builds on. */
import { restsOnSimulation } from '../../configs/settings/simulated.ts';
import type { Settings } from '../../configs/settings/types.ts';
import { digest } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import type { Estimate } from '../report/metrics.ts';

/**
 * How a round ended. `promoted`: its challenger is the champion; `kept`: it was tested, and the champion stays;
 * `undecided`: it was tested, and is tested again in the next round, on fresh prompts that count with these; `skipped`: too few new
 * pairs to train on; `collected`: it cooled down after rejections. Durable.
 */
export type RoundDecision = 'promoted' | 'kept' | 'undecided' | 'skipped' | 'collected';

/** A row of the table `rounds`. */
export interface Round {
  /** The run of the definition `continual-round`, whose id its data is under. */
  readonly run: string;
  /** From 0, within its lineage. */
  readonly round: number;
  readonly decision: RoundDecision;
  /** One sentence. */
  readonly reason: string;
  /** Training pairs of this round's own prompts. */
  readonly newPairs: number;
  /** Those and the ones of earlier rounds since the last that trained. */
  readonly freshPairs: number;
  /** Training pairs that the challenger learned from, replayed ones included; 0 if there was none. */
  readonly pairsUsed: number;
  /** Versions; empty = none. */
  readonly championBefore: string;
  readonly championAfter: string;
  readonly challenger: string;
  /**
   * Of the challenger over the champion (without one: over the untouched prompts) on the fresh prompts of all looks so far; its interval
   * is at the level of one look. Null if none was tested.
   */
  readonly gain: Estimate | null;
  /** Which look at this challenger it was, of how many at most; null if none was tested, or by an earlier version. */
  readonly look: number | null;
  readonly looks: number | null;
  /** One-sided p-value of no gain, and the error level of one look that it is held against. Null as `look`. */
  readonly p: number | null;
  readonly lookLevel: number | null;
  /** Of the round's champion, after its decision, over the untouched prompts; null if nothing was tested. */
  readonly level: Estimate | null;
  readonly gatePrompts: number;
  readonly gateTopics: number;
  readonly calls: number;
  readonly simulated: boolean;
  readonly mainModel: string;
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
}

/**
 * What rounds must have in common to learn from each other's pairs: the main model, the rubric, and whether they were
 * simulated. Sixteen hex digits.
 */
export function lineageOf(settings: Settings): string {
  const { mainModel, texts } = settings;
  const simulated = restsOnSimulation(settings);
  return digest({ mainModel: mainModel.model.name, rubric: texts.rubric, simulated }).slice(0, 16);
}

/** All rounds of a lineage that have ended, in order. */
export async function readRounds(store: Store, lineage: string): Promise<Round[]> {
  const rows = await store.query('from rounds where lineage = $lineage order by round, finished_at', {
    lineage,
  });
  return rows.map((row) => {
    const text = (column: string): string => String(row[column] ?? '');
    const number = (column: string): number => Number(row[column]);
    const numberOrNull = (column: string): number | null => (row[column] == null ? null : number(column));
    const estimate = (mean: string): Estimate | null => {
      if (row[mean] == null) return null;
      const [low, high] = [row[`${mean}_low`], row[`${mean}_high`]];
      return {
        mean: number(mean),
        low: typeof low === 'number' ? low : null,
        high: typeof high === 'number' ? high : null,
      };
    };
    return {
      run: text('run'),
      round: number('round'),
      decision: text('decision') as RoundDecision,
      reason: text('reason'),
      newPairs: number('new_pairs'),
      freshPairs: number('fresh_pairs'),
      pairsUsed: number('pairs_used'),
      championBefore: text('champion_before'),
      championAfter: text('champion_after'),
      challenger: text('challenger'),
      gain: estimate('gain'),
      look: numberOrNull('look'),
      looks: numberOrNull('looks'),
      p: numberOrNull('p'),
      lookLevel: numberOrNull('look_level'),
      level: estimate('level'),
      gatePrompts: number('gate_prompts'),
      gateTopics: number('gate_topics'),
      calls: number('calls'),
      simulated: row['simulated'] === true,
      mainModel: text('main_model'),
      seed: number('seed'),
      finishedAt: text('finished_at'),
    };
  });
}
