/** The report over the rounds of continual learning: did the champion get better, and how sure is each step? */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import * as format from '../text/figures.ts';
import type { Estimate } from './metrics.ts';
import { neutraliseAll } from '../text/plain-text.ts';
import { drawRounds } from './plots.ts';

/** What the report says of a round; the columns of the table `rounds`. */
export interface RoundMetrics {
  /** From 0. */
  readonly round: number;
  readonly run: string;
  readonly decision: string;
  readonly reason: string;
  readonly newPairs: number;
  readonly pairsUsed: number;
  readonly championAfter: string;
  readonly gain: Estimate | null;
  readonly level: Estimate | null;
  readonly gatePrompts: number;
  readonly calls: number;
}

/** Content of `results/continual/<lineage>/metrics.json`. Durable. */
export interface ContinualMetrics {
  readonly version: 1;
  /** Digest of what the rounds have in common: main model, rubric, simulated or not. */
  readonly lineage: string;
  readonly mainModel: string;
  readonly simulated: boolean;
  /** In order; at least one. */
  readonly rounds: readonly RoundMetrics[];
}

const eta = new Eta({ views: import.meta.dirname, cache: true });

/** One HTML document without scripts or requests, like that of a run. The same metrics give the same document. */
export function renderContinualReport(untrusted: ContinualMetrics): string {
  const metrics = neutraliseAll(untrusted);
  const { rounds } = metrics;
  const promotions = rounds.filter(({ decision }) => decision === 'promoted');
  return eta.render('./continual', {
    metrics,
    format,
    champion: rounds.at(-1)?.championAfter ?? '',
    level: rounds.findLast(({ level }) => level !== null)?.level ?? null,
    promotions: promotions.length,
    calls: rounds.reduce((sum, round) => sum + round.calls, 0),
    pairs: rounds.reduce((sum, round) => sum + round.newPairs, 0),
    styles: readFileSync(join(import.meta.dirname, 'report.css'), 'utf8'),
    gains: drawRounds(rounds, 'gain'),
    levels: drawRounds(rounds, 'level'),
  });
}
