import { createColors } from 'picocolors';
import {
  formatCount,
  formatCounted,
  formatInterval,
  formatNumber,
  formatP,
  formatSeconds,
  formatShare,
  formatSigned,
  formatSpend,
} from './format.ts';
import type { Comparison } from './comparison.ts';
import { usedSimulation } from './simulated.ts';
import type { ArmMetrics, Metrics, Verdict } from './metrics.ts';
import { neutraliseAll } from './plain-text.ts';

/** Failed tasks that are shown; the report has them all. */
const MAX_FAILURES = 5;

type Colours = ReturnType<typeof createColors>;

/**
 * What a run found, for a terminal: the verdict, a line per arm, what was spent, warnings. Lines are separated by
 * line feeds, without one at the end. `colour` (default false) adds ANSI colours; control characters in the
 * metrics' own texts are made harmless either way.
 */
export function terminalSummary(
  untrusted: Metrics,
  { colour = false }: { readonly colour?: boolean } = {},
): string {
  const metrics = neutraliseAll(untrusted);
  const paint = createColors(colour);
  const lines = [paintVerdict(metrics.verdict, paint)];
  if (usedSimulation(metrics))
    lines.push(paint.yellow('Simulated models: these figures say nothing about any real model.'));
  for (const { task, code, message } of metrics.failure?.tasks.slice(0, MAX_FAILURES) ?? [])
    lines.push(`${paint.red('Failed:')} ${oneLine(`${task}: ${code}: ${message}`)}`);
  if (metrics.arms.length > 0) lines.push('', ...armLines(metrics, paint));
  lines.push('', spendLine(metrics));
  for (const warning of metrics.warnings) lines.push(`${paint.yellow('Warning:')} ${oneLine(warning)}`);
  return lines.join('\n');
}

/** Several runs for a terminal, in the same form. */
export function comparisonSummary(
  { runs, differences }: Comparison,
  { colour = false }: { readonly colour?: boolean } = {},
): string {
  const paint = createColors(colour);
  const rows = runs.map(({ run, verdict, arm, gain, testPrompts, testTopics, calls }) => [
    oneLine(run),
    verdict,
    oneLine(arm ?? '–'),
    gain === null ? '–' : formatSigned(gain.mean),
    gain === null ? '–' : formatInterval(gain, formatSigned),
    `${formatCount(testPrompts)} (${formatCounted(testTopics, 'topic')})`,
    formatCount(calls),
  ]);
  const head = ['run', 'verdict', 'arm', 'gain', '95% interval', 'test prompts', 'calls'];
  const lines = alignRows([head, ...rows], paint);
  if (runs.some(({ simulated }) => simulated))
    lines.unshift(paint.yellow('Simulated models: these figures say nothing about any real model.'), '');
  if (differences.length > 0) lines.push('');
  for (const { name, values } of differences)
    lines.push(`${paint.dim('differs:')} ${name}: ${values.map(oneLine).join(' · ')}`);
  return lines.join('\n');
}

function paintVerdict({ kind, sentence }: Verdict, paint: Colours): string {
  const colours: { readonly [other in Verdict['kind']]?: (text: string) => string } = {
    gain: paint.green,
    mixed: paint.yellow,
    'cannot tell': paint.yellow,
    none: paint.yellow,
    worse: paint.red,
  };
  return (colours[kind] ?? String)(paint.bold(oneLine(sentence)));
}

function armLines({ arms, baseline }: Metrics, paint: Colours): string[] {
  return alignRows(
    [
      ['arm', 'score', 'gain', '95% interval', 'p (Holm)', 'win rate', 'calls, tokens'],
      ['baseline', formatNumber(baseline.meanScore), '', '', '', '', formatSpend(baseline.spend)],
      ...arms.map((arm) => armCells(arm)),
    ],
    paint,
  );
}

/** Lines of a table: the first row is its head, the first column stands left, all others right. */
function alignRows(rows: readonly (readonly string[])[], paint: Colours): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const toLine = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return rows.map((row, index) => (index === 0 ? paint.dim(toLine(row)) : toLine(row)));
}

function armCells({ name, meanScore, isControl, gain, winRate, spend }: ArmMetrics): string[] {
  return [
    oneLine(name),
    formatNumber(meanScore),
    formatSigned(gain.mean),
    formatInterval(gain, formatSigned),
    isControl ? '–' : formatP(gain.pHolm),
    `${formatShare(winRate.value)} (${formatInterval(winRate, formatShare)})`,
    formatSpend(spend),
  ];
}

function spendLine({ spend }: Metrics): string {
  const sum = (key: 'calls' | 'promptTokens' | 'completionTokens' | 'seconds'): number =>
    spend.reduce((total, stage) => total + stage[key], 0);
  const tokens = `${formatCount(sum('promptTokens'))} + ${formatCount(sum('completionTokens'))} tokens`;
  return `Spent: ${formatCounted(sum('calls'), 'call')}, ${tokens} (prompt + answer), ${formatSeconds(sum('seconds'))} of model time`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
