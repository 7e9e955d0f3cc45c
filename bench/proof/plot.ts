/** The picture of the proof: right answers before and after. */
import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';
import type { Shares } from './project.ts';

/** What came of a family of tasks, with the wording found. */
export interface Outcome extends Shares {
  readonly family: string;
  readonly seed: number;
  readonly runId: string;
  readonly verdict: string;
  readonly wording: string;
  readonly calls: number;
  readonly seconds: number;
}

const [INK, MUTED, ACCENT, PAPER] = ['#1f2328', '#8b949e', '#0a7d4b', '#ffffff'];

/** An SVG that stands alone: a row for each outcome, with the interval of its gain around what came of it. */
export function drawOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes
    .map(({ family, seed, before, gain, low, high }) => ({
      draw: `draw ${seed}`,
      family,
      before,
      after: before + gain,
      low: Math.max(0, before + (low ?? gain)),
      high: Math.min(1, before + (high ?? gain)),
    }))
    .toSorted((one, other) => (one.draw < other.draw ? -1 : 1));
  const document = new DOMParser().parseFromString('<!doctype html><html><body></body></html>', 'text/html');
  const first = rows.map(({ family }) => family).toSorted()[0] ?? '';
  const place = { y: 'draw', fy: 'family' };
  const svg = Plot.plot({
    document,
    width: 760,
    height: 96 + 30 * rows.length,
    marginBottom: 44,
    marginLeft: 70,
    marginRight: 130,
    marginTop: 48,
    style: { background: PAPER, color: INK, fontFamily: 'system-ui, sans-serif', fontSize: '13px' },
    x: {
      domain: [0, 1],
      percent: false,
      tickFormat: '.0%',
      grid: true,
      label: 'right answers to held-out requests',
      labelAnchor: 'left',
      labelArrow: 'none',
      labelOffset: 40,
    },
    y: { label: null },
    fy: { label: null },
    ariaLabel: 'Share of right answers to held-out requests before and after, by family of tasks',
    marks: [
      Plot.ruleY(rows, {
        ...place,
        x1: 'low',
        x2: 'high',
        stroke: ACCENT,
        strokeOpacity: 0.35,
        strokeWidth: 8,
      }),
      Plot.arrow(rows, {
        ...place,
        x1: 'before',
        x2: 'after',
        y1: 'draw',
        y2: 'draw',
        stroke: MUTED,
        headLength: 6,
      }),
      Plot.dot(rows, { ...place, x: 'before', r: 5, fill: PAPER, stroke: MUTED, strokeWidth: 2 }),
      Plot.dot(rows, { ...place, x: 'after', r: 5, fill: ACCENT }),
      Plot.text(
        ['open: as people put it; filled: as the pipeline puts it, with the 95% interval of the gain'],
        {
          frameAnchor: 'top-left',
          dy: -40,
          fy: () => first,
          textAnchor: 'start',
          fill: INK,
        },
      ),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  return svg.outerHTML;
}
