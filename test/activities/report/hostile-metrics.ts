import type { Metrics } from '../../../activities/report/metrics.ts';
import { sampleMetrics } from './sample-metrics.ts';

/** Markup, quotes, template tags, terminal colours, a bell, a direction override, an invisible sign, a lone surrogate. */
const hostile =
  `</style></svg></title><script>alert(1)</script><img src=x onerror="alert(2)">' " & <%= process.env %> ` +
  `\u001B[31mred\u001B]0;title\u0007 \u202Egnp.exe\u2066 \u200B\u009B2J \uD800 \r{{x}}`;

function poison(metrics: Metrics): Metrics {
  return JSON.parse(JSON.stringify(metrics), (_key, item: unknown) =>
    typeof item === 'string' ? item + hostile : item,
  );
}

/** Sample metrics in which every text, the names of settings included, is hostile; only codes are as they must be. */
export const hostileMetrics: Metrics = {
  ...poison(sampleMetrics),
  verdict: { kind: 'gain', arm: `ranker${hostile}`, sentence: `gain ${hostile}` },
  settings: { [`name${hostile}`]: `value${hostile}` },
};
