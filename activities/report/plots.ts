/** The report's figures as inline SVG. Colours are the page's CSS variables, so that they follow its scheme. */
import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';
import { formatName, formatNumber, formatSigned } from '../text/figures.ts';
import type { ComparedRun } from './comparison.ts';
import type { AgreementMetrics, ArmMetrics, BaselineMetrics, Estimate, StageSpend } from './metrics.ts';
import type { LossCurve } from './training-metrics.ts';

/** Markup of one figure, drawn twice: for wide windows and for phones. */
export interface Figure {
  readonly wide: string;
  readonly narrow: string;
}

const INK = 'var(--ink)';
const MUTED = 'var(--muted)';
/** Drawn under text, so that lines do not run through it; wider where the text stands among them, as on phones. */
const halo = (narrow: boolean): { stroke: string; strokeWidth: number } => ({
  stroke: 'var(--paper)',
  strokeWidth: narrow ? 14 : 5,
});
const RULE = 'var(--rule)';
const ACCENT = 'var(--accent)';
const PLAIN = 'var(--plain)';

/** Room for names left of a wide figure and for figures right of it, in pixels. */
const LABELS = 170;
const VALUES = 60;
/** Characters that fit into `LABELS`. */
const LONGEST_LABEL = 24;

interface Layout {
  readonly width: number;
  readonly narrow: boolean;
}

/** Draws a figure in both widths. `description` is what a screen reader says instead of it: our
 * own words only, for the serializer leaves `<` in attributes as it is. */
function draw(description: string, plot: (layout: Layout) => Plot.PlotOptions): Figure {
  const render = (layout: Layout): string => {
    const document = new DOMParser().parseFromString(
      '<!doctype html><html><body></body></html>',
      'text/html',
    );
    const svg = Plot.plot({
      document,
      width: layout.width,
      style: {
        background: 'none',
        color: INK,
        fontSize: layout.narrow ? '12px' : '13px',
        overflow: 'visible',
      },
      ariaLabel: description,
      ...plot(layout),
    });
    svg.setAttribute('role', 'img');
    return svg.outerHTML;
  };
  return { wide: render({ width: 720, narrow: false }), narrow: render({ width: 340, narrow: true }) };
}

/** Names of rows: left of the figure in wide windows, above their rows on phones. */
function labelsOf(rows: readonly object[], key: string, narrow: boolean): Plot.Text {
  return Plot.text(rows, {
    y: key,
    text: key,
    frameAnchor: 'left',
    textAnchor: 'start',
    dx: narrow ? -14 : -LABELS,
    dy: narrow ? -19 : 0,
    fill: INK,
    ...halo(narrow),
  });
}

/** A mean with its interval, on a line of its own. */
interface Row extends Estimate {
  readonly label: string;
  readonly strong: boolean;
}

/** Means with their intervals under one another, with reference lines. */
function drawForest(
  description: string,
  rows: readonly Row[],
  options: {
    readonly xLabel: string;
    readonly references: readonly { readonly x: number; readonly strong: boolean }[];
    readonly domain?: readonly [number, number];
    readonly format: (value: number) => string;
  },
): Figure {
  const { xLabel, references, domain, format } = options;
  const intervals = rows.filter(({ low, high }) => low !== null && high !== null);
  const colour = ({ strong }: Row): string => (strong ? ACCENT : PLAIN);
  return draw(description, ({ narrow }) => ({
    height: 54 + rows.length * (narrow ? 54 : 36),
    marginLeft: narrow ? 14 : LABELS,
    marginRight: narrow ? 14 : VALUES,
    marginTop: narrow ? 10 : 4,
    marginBottom: 44,
    x: {
      label: xLabel,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: narrow ? 4 : 7,
      tickSize: 0,
      tickFormat: (value: number) => format(value).replace(/\.?0+$/, '') || '0',
      nice: true,
      ...(domain ? { domain: [...domain] } : {}),
    },
    y: { label: null, type: 'point', domain: rows.map(({ label }) => label), axis: null, padding: 0.5 },
    marks: [
      Plot.gridX({ stroke: RULE, strokeOpacity: 1, ticks: narrow ? 4 : 7 }),
      Plot.ruleX(references, {
        x: 'x',
        stroke: ({ strong }: { strong: boolean }) => (strong ? INK : MUTED),
        strokeDasharray: references.some(({ strong }) => strong) ? 'none' : '3 3',
      }),
      labelsOf(rows, 'label', narrow),
      Plot.ruleY(intervals, {
        y: 'label',
        x1: 'low',
        x2: 'high',
        stroke: colour,
        strokeWidth: 5,
        strokeOpacity: 0.35,
      }),
      Plot.dot(rows, {
        y: 'label',
        x: 'mean',
        r: 5.5,
        fill: colour,
        stroke: 'var(--paper)',
        strokeWidth: 1.5,
      }),
      Plot.text(rows, {
        y: 'label',
        text: ({ mean }: Row) => format(mean),
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: narrow ? 14 : VALUES,
        dy: narrow ? -19 : 0,
        ...halo(narrow),
        fill: INK,
        fontWeight: 600,
      }),
    ],
  }));
}

/** Gain of every arm with its interval. `strong` names the arm of the verdict. */
export function drawGains(arms: readonly ArmMetrics[], strong: string | null): Figure {
  const rows = arms.map(({ name, gain }) => ({ label: name, ...gain, strong: name === strong }));
  return drawForest('Gain of each arm over the untouched prompts, in points, with 95% intervals.', rows, {
    xLabel: 'points above the untouched prompts',
    references: [{ x: 0, strong: true }],
    format: formatSigned,
  });
}

/** A name that fits beside a figure; its end tells runs of one definition apart. */
function shorten(name: string): string {
  return name.length <= LONGEST_LABEL ? name : `…${name.slice(1 - LONGEST_LABEL)}`;
}

/** Gain of every run's arm of the verdict with its interval; null if no run tested any. */
export function drawRuns(runs: readonly ComparedRun[]): Figure | null {
  const rows = runs.flatMap(({ run, gain, verdict }) =>
    gain === null ? [] : [{ label: shorten(run), ...gain, strong: verdict === 'gain' }],
  );
  if (rows.length === 0) return null;
  return drawForest('Gain of each run over its untouched prompts, in points, with 95% intervals.', rows, {
    xLabel: 'points above the untouched prompts',
    references: [{ x: 0, strong: true }],
    format: formatSigned,
  });
}

/** An estimate of every round that has one, round by round; promoted rounds stand out. Null if none has. */
export function drawRounds(
  rounds: readonly ({ readonly round: number; readonly decision: string } & {
    readonly [key in 'gain' | 'level']: Estimate | null;
  })[],
  key: 'gain' | 'level',
): Figure | null {
  const rows = rounds.flatMap(({ round, decision, [key]: estimate }) =>
    estimate === null
      ? []
      : [{ label: `round ${round}`, ...estimate, strong: key === 'level' || decision === 'promoted' }],
  );
  if (rows.length === 0) return null;
  const against = key === 'gain' ? 'the champion' : 'the untouched prompts';
  return drawForest(`Points above ${against} in each round, with 95% intervals.`, rows, {
    xLabel: `points above ${against}`,
    references: [{ x: 0, strong: true }],
    format: formatSigned,
  });
}

/** Gain of one arm on every criterion. */
export function drawCriteria({ criteria }: ArmMetrics): Figure {
  const rows = criteria.map((criterion) => ({ label: criterion.name, ...criterion.gain, strong: true }));
  return drawForest('Gain of the optimized prompts on each criterion, in points, with 95% intervals.', rows, {
    xLabel: 'points above the untouched prompts',
    references: [{ x: 0, strong: true }],
    format: formatSigned,
  });
}

/** Agreement of the validators on every criterion, beside the customary thresholds. */
export function drawAgreement(agreement: readonly AgreementMetrics[]): Figure | null {
  const rows = agreement.flatMap(({ criterion, alpha, low, high }) =>
    alpha === null ? [] : [{ label: criterion, mean: alpha, low, high, strong: alpha >= 0.667 }],
  );
  if (rows.length === 0) return null;
  const least = Math.min(0, ...rows.map(({ mean, low }) => Math.min(mean, low ?? mean)));
  return drawForest("Krippendorff's alpha of the validators on each criterion, with 95% intervals.", rows, {
    xLabel: "Krippendorff's alpha (dashed: 0.667 tentative, 0.8 firm)",
    references: [
      { x: 0.667, strong: false },
      { x: 0.8, strong: false },
    ],
    domain: [least, 1],
    format: formatNumber,
  });
}

/** How the mean scores of the test prompts are spread, baseline above arm. */
export function drawScores(baseline: BaselineMetrics, arm: ArmMetrics): Figure {
  const groups = [
    { label: 'baseline', fill: PLAIN, ...baseline },
    { label: arm.name, fill: ACCENT, meanScore: arm.meanScore, scores: arm.scores },
  ];
  const points = groups.flatMap(({ label, fill, scores }) => scores.map((score) => ({ label, fill, score })));
  const bars: Plot.BinXInputs<Plot.RectYOptions> = {
    x: 'score',
    fy: 'label',
    fill: 'fill',
    fillOpacity: 0.75,
    thresholds: 24,
    domain: [1, 5],
    insetLeft: 0.5,
    insetRight: 0.5,
  };
  return draw('Mean scores of the test prompts: baseline above, optimized prompts below.', ({ narrow }) => ({
    height: narrow ? 250 : 270,
    marginLeft: 2,
    marginRight: 4,
    marginTop: 22,
    marginBottom: 40,
    x: {
      label: 'mean score of a prompt (1 to 5)',
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [1, 5],
      ticks: 5,
      tickSize: 0,
    },
    y: { axis: null },
    fy: { axis: null, domain: groups.map(({ label }) => label), padding: 0.28 },
    marks: [
      Plot.rectY(points, Plot.binX<Plot.RectYOptions>({ y: 'count' }, bars)),
      Plot.ruleY([0], { stroke: RULE }),
      Plot.ruleX(groups, { x: 'meanScore', fy: 'label', stroke: INK, strokeWidth: 1.5 }),
      Plot.text(groups, {
        fy: 'label',
        text: ({ label, meanScore }: (typeof groups)[number]) => `${label}: mean ${formatNumber(meanScore)}`,
        frameAnchor: 'top-left',
        dy: -16,
        fill: INK,
        fontWeight: 600,
      }),
    ],
  }));
}

/** Tokens of every stage, prompt and answer. */
export function drawSpend(stages: readonly StageSpend[]): Figure {
  const spend = stages.map((stage) => ({ ...stage, stage: formatName(stage.stage) }));
  const parts = spend.flatMap(({ stage, promptTokens, completionTokens }) => [
    { stage, tokens: promptTokens, fill: PLAIN },
    { stage, tokens: completionTokens, fill: ACCENT },
  ]);
  const totals = spend.map(({ stage, promptTokens, completionTokens }) => ({
    stage,
    tokens: promptTokens + completionTokens,
  }));
  const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
  return draw('Tokens that each stage took: prompts (grey) and answers (coloured).', ({ narrow }) => ({
    height: 8 + spend.length * (narrow ? 46 : 34),
    marginLeft: narrow ? 14 : LABELS,
    marginRight: VALUES,
    marginTop: narrow ? 8 : 0,
    marginBottom: 0,
    x: { axis: null },
    y: { label: null, domain: spend.map(({ stage }) => stage), axis: null, padding: narrow ? 0.64 : 0.45 },
    marks: [
      Plot.barX(parts, { y: 'stage', x: 'tokens', fill: 'fill' }),
      labelsOf(totals, 'stage', narrow),
      Plot.text(totals, {
        y: 'stage',
        x: 'tokens',
        text: ({ tokens }: (typeof totals)[number]) => compact.format(tokens),
        textAnchor: 'start',
        dx: 7,
        fill: INK,
      }),
    ],
  }));
}

/** Loss of one training of weights, step by step: of the rows learned from as a line, of the held-out ones as points. */
export function drawLosses({ model, points }: LossCurve): Figure {
  const learned = points.flatMap(({ step, loss }) => (loss === undefined ? [] : [{ step, loss }]));
  const heldOut = points.flatMap(({ step, heldOutLoss: loss }) =>
    loss === undefined ? [] : [{ step, loss }],
  );
  return draw(`Loss of the ${model} in each step of its training.`, ({ narrow }) => ({
    height: narrow ? 200 : 240,
    x: { label: 'step', ticks: 6 },
    y: { label: 'loss', zero: true, grid: true, ticks: 4 },
    marks: [
      Plot.line(learned, { x: 'step', y: 'loss', stroke: PLAIN, strokeWidth: 2 }),
      Plot.dot(heldOut, { x: 'step', y: 'loss', fill: ACCENT, r: 4 }),
      Plot.text(heldOut.slice(-1), {
        x: 'step',
        y: 'loss',
        text: () => 'held-out',
        fill: ACCENT,
        dy: -10,
        textAnchor: 'end',
      }),
    ],
  }));
}
