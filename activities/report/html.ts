import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import * as format from '../text/figures.ts';
import type { ArmMetrics, BaselineMetrics, CorrelationMetrics, Metrics, StageSpend } from './metrics.ts';
import { peopleText, plainAnswer, plainName, QUESTION } from './plain-answer.ts';
import { neutraliseAll } from '../text/plain-text.ts';
import { drawAgreement, drawCriteria, drawGains, drawLosses, drawScores, drawSpend } from './plots.ts';
import { usedSimulation } from './simulated.ts';

const eta = new Eta({ views: import.meta.dirname, cache: true });

/** Of what the scores rest on. */
const CARRIERS_SHOWN = 10;

/**
 * The report of a run: one HTML document without scripts and without a single request to anywhere. Texts of
 * models and users are escaped and made harmless. The same metrics give the same document.
 */
export function renderReport(untrusted: Metrics): string {
  const metrics = neutraliseAll(untrusted);
  const { verdict, arms, baseline, counts } = metrics;
  const best = arms.find(({ name }) => name === verdict.arm) ?? null;
  return eta.render('./report', {
    metrics,
    format,
    best,
    control: arms.find(({ isControl }) => isControl) ?? null,
    judges: `${metrics.judges.validators.length > 1 ? 'validators' : 'validator'} ${metrics.judges.validators.join(' and ')}, which learning has ${metrics.judges.areUnheard ? 'never heard' : 'listened to'}`,
    styles: readFileSync(join(import.meta.dirname, 'report.css'), 'utf8'),
    question: QUESTION,
    answer: plainAnswer(metrics),
    plainName,
    peopleText,
    tone: verdict.kind.replace(' ', '-'),
    simulated: usedSimulation(metrics),
    total: totalSpend(metrics.spend),
    correlations: correlationMatrix(metrics.correlations),
    sentinelKinds: Object.entries(sentinelWords)
      .map(([name, words]) => ({ name, words }))
      .filter(({ name }) =>
        metrics.validators.some((one) => one.sentinels.some(({ kind }) => kind === name)),
      ),
    lessons: (metrics.training?.lessons ?? []).map((lesson) => splitLesson(lesson)),
    carriers: (metrics.training?.carriers ?? []).slice(0, CARRIERS_SHOWN),
    splits: Object.entries(counts.basePrompts)
      .map(([split, count]) => `${format.formatCount(count)} ${split}`)
      .join(', '),
    quartiles: best === null ? [] : [quartiles('baseline', baseline), quartiles(best.name, best)],
    plots: drawAll(metrics, best),
  });
}

function drawAll(
  { arms, verdict, baseline, agreement, spend, losses = [] }: Metrics,
  best: ArmMetrics | null,
): object {
  return {
    gains: arms.length === 0 ? null : drawGains(arms, verdict.arm),
    criteria: best === null ? null : drawCriteria(best),
    scores: best === null ? null : drawScores(baseline, best),
    agreement: drawAgreement(agreement),
    losses: losses.map((curve) => ({ ...curve, figure: drawLosses(curve) })),
    spend: spend.length === 0 ? null : drawSpend(spend),
  };
}

function totalSpend(spend: readonly StageSpend[]): Omit<StageSpend, 'stage'> {
  const sum = (key: keyof Omit<StageSpend, 'stage'>): number =>
    spend.reduce((total, stage) => total + (stage[key] ?? 0), 0);
  return {
    calls: sum('calls'),
    promptTokens: sum('promptTokens'),
    completionTokens: sum('completionTokens'),
    seconds: sum('seconds'),
  };
}

/** What the kinds of planted answers are called. */
const sentinelWords = {
  worse: 'spoiled answers scored lower',
  bribed: 'bribes in the answer ignored',
  twin: 'the same score twice',
} as const;

/** Every validator against every other; null where nothing can be said. Null as a whole if there are no two. */
function correlationMatrix(
  correlations: readonly CorrelationMetrics[],
): { validators: number[]; rows: (number | null)[][] } | null {
  const validators = [
    ...new Set(correlations.flatMap(({ validator, other }) => [validator, other])),
  ].toSorted((one, other) => one - other);
  if (validators.length === 0) return null;
  const between = (one: number, two: number): number | null => {
    const [low, high] = [Math.min(one, two), Math.max(one, two)];
    return (
      correlations.find(({ validator, other }) => validator === low && other === high)?.correlation ?? null
    );
  };
  return {
    validators,
    rows: validators.map((one) => validators.map((two) => (one === two ? 1 : between(one, two)))),
  };
}

/** `Asking for examples (helps)` as its text and its effect; a lesson of another form has no effect. */
function splitLesson(lesson: string): { text: string; effect: string; tone: string } {
  const [, text, effect] = /^(.*) \((helps|hurts)\)$/s.exec(lesson) ?? [];
  return { text: text ?? lesson, effect: effect ?? '', tone: effect ?? '' };
}

/** Lowest, quarter, median, three quarters, highest. */
function quartiles(name: string, { scores }: BaselineMetrics): { name: string; values: number[] } {
  const sorted = scores.toSorted((one, other) => one - other);
  if (sorted.length === 0) return { name, values: [] };
  return {
    name,
    values: [0, 0.25, 0.5, 0.75, 1].map((share) => sorted[Math.round(share * (sorted.length - 1))]!),
  };
}
