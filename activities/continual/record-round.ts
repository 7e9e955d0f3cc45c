import { restsOnSimulation } from '../../configs/settings/simulated.ts';
import type { Activity, ActivityContext } from '../activity.ts';
import type { Registration } from '../claims/registration.ts';
import { levelOfLook } from '../statistics/error-budget.ts';
import type { PromotionOutput } from '../stages/9-promotion/promotion.ts';
import { renderContinualReport } from '../report/continual.ts';
import type { RowOf } from '../store/tables.ts';
import type { GatherPairsOutput } from './gather-pairs.ts';
import type { JudgeOutput } from './judge-challenger.ts';
import { lineageOf, readRounds, type RoundDecision } from './rounds.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';

export interface RecordRoundInput {
  readonly round: number;
  readonly newPairs: number;
  readonly gathered: GatherPairsOutput;
  /** Null if nothing was trained. */
  readonly trained: { readonly version: string; readonly trainPairs: number } | null;
  /** What was registered before the gate was answered; null if nothing was tested. */
  readonly registration: Registration | null;
  /** Null with `registration`. */
  readonly judged: JudgeOutput | null;
  /** Null if the challenger was not proven better. */
  readonly promotion: PromotionOutput | null;
}

export interface RecordRoundOutput {
  readonly decision: RoundDecision;
  readonly reason: string;
  /** The champion now; empty if there is none. */
  readonly champion: string;
  /** Of the lineage so far, relative to the project's root. */
  readonly report: string;
}

/** Last task of a round: its row in the table `rounds`, which makes it count, and the report of its lineage. */
export const recordRound: Activity<RecordRoundInput, RecordRoundOutput> = {
  name: 'recordRound',
  description: 'Records how a round of continual learning ended, and writes the report over all rounds.',
  taskQueue: 'prose',
  input: objectSchema({
    round: { type: 'integer', minimum: 0 },
    newPairs: { type: 'integer', minimum: 0 },
    gathered: { type: 'object' },
    trained: { type: ['object', 'null'] },
    registration: { type: ['object', 'null'] },
    judged: { type: ['object', 'null'] },
    promotion: { type: ['object', 'null'] },
  }),
  output: objectSchema({
    decision: { type: 'string', enum: ['promoted', 'kept', 'undecided', 'skipped', 'collected'] },
    reason: { type: 'string' },
    champion: { type: 'string' },
    report: { type: 'string' },
  }),
  async run(input, context) {
    const { store, run, settings, log } = context;
    const lineage = lineageOf(settings);
    const { decision, reason } = decisionOf(input);
    const champion = input.promotion?.version ?? input.gathered.champion;
    const row = await roundRow(input, { lineage, decision, reason, champion }, context);
    await store.writeShard({ table: 'rounds', run: run.runId, shard: 'round' }, 'all', [row]);
    const report = await writeReport(lineage, context);
    log.info({ round: input.round, decision, champion }, reason);
    return { decision, reason, champion, report };
  },
};

function decisionOf({ gathered, judged, promotion }: RecordRoundInput): {
  readonly decision: RoundDecision;
  readonly reason: string;
} {
  if (gathered.decision !== '') return { decision: gathered.decision, reason: gathered.reason };
  const reason = judged?.reason ?? '';
  if (promotion !== null && !promotion.promoted)
    return { decision: 'kept', reason: `${reason} But ${promotion.reason}` };
  if (promotion !== null) return { decision: 'promoted', reason };
  return { decision: judged?.outcome === 'open' ? 'undecided' : 'kept', reason };
}

async function roundRow(
  { round, newPairs, gathered, trained, registration, judged }: RecordRoundInput,
  ended: {
    readonly lineage: string;
    readonly decision: string;
    readonly reason: string;
    readonly champion: string;
  },
  { store, run, settings }: ActivityContext,
): Promise<RowOf<'rounds'>> {
  const [spend] = await store.query(
    'select coalesce(sum(calls), 0)::integer as calls from spend where run = $run',
    { run: run.runId },
  );
  const isTested = judged !== null && judged.prompts > 0;
  const gain = isTested ? judged.gain : null;
  const levelNow = ended.decision === 'promoted' ? judged?.challengerLevel : judged?.championLevel;
  const level = isTested && ended.champion !== '' ? levelNow : null;
  return {
    round,
    lineage: ended.lineage,
    decision: ended.decision,
    reason: ended.reason,
    new_pairs: newPairs,
    fresh_pairs: gathered.freshPairs,
    pairs_used: trained?.trainPairs ?? 0,
    champion_before: gathered.champion,
    champion_after: ended.champion,
    challenger: registration?.challenger ?? '',
    gain: gain?.mean ?? null,
    gain_low: gain?.low ?? null,
    gain_high: gain?.high ?? null,
    look: registration?.look ?? null,
    looks: registration?.looks ?? null,
    p: judged?.p ?? null,
    look_level: registration === null ? null : levelOfLook(registration.level, registration.looks),
    level: level?.mean ?? null,
    level_low: level?.low ?? null,
    level_high: level?.high ?? null,
    gate_prompts: judged?.prompts ?? 0,
    gate_topics: judged?.topics ?? 0,
    calls: Number(spend?.['calls'] ?? 0),
    simulated: restsOnSimulation(settings),
    main_model: settings.mainModel.model.name,
    seed: run.seed,
    finished_at: new Date().toISOString(),
  };
}

async function writeReport(lineage: string, { store, settings }: ActivityContext): Promise<string> {
  const rounds = await readRounds(store, lineage);
  const metrics = {
    version: 1 as const,
    lineage,
    mainModel: settings.mainModel.model.name,
    simulated: restsOnSimulation(settings),
    rounds,
  };
  const folder = `results/continual/${lineage}`;
  await store.writeFile(`${folder}/metrics.json`, `${JSON.stringify(metrics, null, 2)}\n`);
  await store.writeFile(`${folder}/report.html`, renderContinualReport(metrics));
  return `${folder}/report.html`;
}
