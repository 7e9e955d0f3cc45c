/** The report's figures as inline SVG. Colours are the page's CSS variables, so that they follow its scheme. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { formatNumber, formatSigned } from './format.ts';
import type { AgreementMetrics, ArmMetrics, BaselineMetrics, Estimate, StageSpend } from './metrics.ts';

/** Markup of one figure, drawn twice: for wide windows and for phones. */
export interface Figure {
  readonly wide: string;
  readonly narrow: string;
}

const INK = 'var(--ink)';
const MUTED = 'var(--muted)';
const RULE = 'var(--rule)';
const ACCENT = 'var(--accent)';
const PLAIN = 'var(--plain)';

interface Layout {
  readonly width: number;
  readonly narrow: boolean;
}

/** Draws a figure in both widths. `description` is what a screen reader says instead of it. */
function draw(description: string, plot: (layout: Layout) => Plot.PlotOptions): Figure {
  const render = (layout: Layout): string => {
    const { document } = parseHTML('<!doctype html><html><body></body></html>');
    const svg = Plot.plot({
      document,
      width: layout.width,
      style: { background: 'none', color: INK, fontSize: '12px', overflow: 'visible' },
      ariaLabel: description,
      ...plot(layout),
    });
    svg.setAttribute('role', 'img');
    return svg.outerHTML;
  };
  return { wide: render({ width: 720, narrow: false }), narrow: render({ width: 340, narrow: true }) };
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
    height: 56 + rows.length * (narrow ? 52 : 38),
    marginLeft: narrow ? 12 : 150,
    marginRight: narrow ? 12 : 64,
    marginTop: 14,
    marginBottom: 40,
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
    y: { label: null, domain: rows.map(({ label }) => label), axis: null, padding: 0 },
    marks: [
      Plot.gridX({ stroke: RULE, strokeOpacity: 1, ticks: narrow ? 4 : 7 }),
      Plot.ruleX(references, {
        x: 'x',
        stroke: ({ strong }: { strong: boolean }) => (strong ? INK : MUTED),
        strokeDasharray: references.some(({ strong }) => strong) ? null : '3 3',
      }),
      narrow
        ? Plot.text(rows, {
            y: 'label',
            text: 'label',
            frameAnchor: 'left',
            textAnchor: 'start',
            dy: -16,
            fill: INK,
          })
        : Plot.text(rows, {
            y: 'label',
            text: 'label',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -14,
            fill: INK,
          }),
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
        textAnchor: narrow ? 'end' : 'start',
        dx: narrow ? 0 : 14,
        dy: narrow ? -16 : 0,
        fill: INK,
        fontWeight: 600,
      }),
    ],
  }));
}

/** Gain of every arm with its interval. `strong` names the arm of the verdict. */
export function drawGains(arms: readonly ArmMetrics[], strong: string | null): Figure {
  const rows = arms.map(({ name, gain }) => ({ label: name, ...gain, strong: name === strong }));
  return drawForest(`Gain of each arm over the untouched prompts, in points, with 95% intervals.`, rows, {
    xLabel: 'points above the untouched prompts',
    references: [{ x: 0, strong: true }],
    format: formatSigned,
  });
}

/** Gain of one arm on every criterion. */
export function drawCriteria({ name, criteria }: ArmMetrics): Figure {
  const rows = criteria.map((criterion) => ({ label: criterion.name, ...criterion.gain, strong: true }));
  return drawForest(`Gain of the arm ${name} on each criterion, in points, with 95% intervals.`, rows, {
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
  return draw(`Mean scores of the test prompts: baseline and ${arm.name}.`, ({ narrow }) => ({
    height: narrow ? 250 : 270,
    marginLeft: 12,
    marginRight: 12,
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
      Plot.rectY(
        points,
        Plot.binX(
          { y: 'count' },
          {
            x: 'score',
            fy: 'label',
            fill: 'fill',
            fillOpacity: 0.75,
            thresholds: 24,
            domain: [1, 5],
            insetLeft: 0.5,
            insetRight: 0.5,
          },
        ),
      ),
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
export function drawSpend(spend: readonly StageSpend[]): Figure {
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
    height: 24 + spend.length * (narrow ? 46 : 34),
    marginLeft: narrow ? 12 : 150,
    marginRight: 64,
    marginTop: narrow ? 18 : 8,
    marginBottom: 8,
    x: { axis: null },
    y: { label: null, domain: spend.map(({ stage }) => stage), axis: null, padding: narrow ? 0.62 : 0.42 },
    marks: [
      Plot.barX(parts, { y: 'stage', x: 'tokens', fill: 'fill' }),
      narrow
        ? Plot.text(totals, {
            y: 'stage',
            text: 'stage',
            frameAnchor: 'left',
            textAnchor: 'start',
            dy: -17,
            fill: INK,
          })
        : Plot.text(totals, {
            y: 'stage',
            text: 'stage',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -14,
            fill: INK,
          }),
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
