import { createColors } from 'picocolors';
import {
  formatCount,
  formatCounted,
  formatInterval,
  formatNumber,
  formatSeconds,
  formatShare,
  formatSigned,
  formatSpend,
} from '../text/figures.ts';
import type { Comparison } from './comparison.ts';
import { usedSimulation } from './simulated.ts';
import type { ArmMetrics, Metrics, Verdict } from './metrics.ts';
import { plainAnswer, plainName } from './plain-answer.ts';
import { neutraliseAll } from '../text/plain-text.ts';

/** Failed tasks that are shown; the report has them all. */
const MAX_FAILURES = 5;

type Colours = ReturnType<typeof createColors>;

/**
 * What a run found, for a terminal: the answer in plain words, a line for each way of prompting, what was spent, the verdict in the words
 * of statistics, warnings. Lines are separated by line feeds, without one at the end. `colour` (default false) adds ANSI colours;
 * control characters in the metrics' own texts are made harmless either way.
 */
export function terminalSummary(
  untrusted: Metrics,
  { colour = false }: { readonly colour?: boolean } = {},
): string {
  const metrics = neutraliseAll(untrusted);
  const paint = createColors(colour);
  const lines = answerLines(metrics, paint);
  if (usedSimulation(metrics))
    lines.push(paint.yellow('Simulated models: these figures say nothing about any real model.'));
  for (const { task, code, message } of metrics.failure?.tasks.slice(0, MAX_FAILURES) ?? [])
    lines.push(`${paint.red('Failed:')} ${oneLine(`${task}: ${code}: ${message}`)}`);
  if (metrics.arms.length > 0) lines.push('', ...armLines(metrics, paint));
  lines.push('', spendLine(metrics), `In the words of statistics: ${oneLine(metrics.verdict.sentence)}`);
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

function answerLines(metrics: Metrics, paint: Colours): string[] {
  const { answer, because, parts } = plainAnswer(metrics);
  const colours: { readonly [other in Verdict['kind']]?: (text: string) => string } = {
    gain: paint.green,
    mixed: paint.red,
    'cannot tell': paint.yellow,
    'not proven': paint.yellow,
    none: paint.yellow,
    worse: paint.red,
  };
  const painted = (colours[metrics.verdict.kind] ?? String)(paint.bold(`${answer}.`));
  const width = Math.max(...parts.map(({ question }) => question.length));
  return [
    `${painted} ${paint.bold(oneLine(because))}`,
    ...parts.map(({ question, answer: figure, more }) => {
      const joint = /^\p{Ll}/u.test(more) ? ' ' : '. ';
      return `  ${paint.dim(question.padEnd(width))}  ${oneLine(`${figure}${joint}${more}`)}`;
    }),
  ];
}

function armLines({ arms, baseline }: Metrics, paint: Colours): string[] {
  return alignRows(
    [
      ['prompts', 'score', 'gain', 'very likely', 'better on', 'calls, tokens each'],
      [plainName('baseline'), formatNumber(baseline.meanScore), '', '', '', formatSpend(baseline.spend)],
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

function armCells({ name, meanScore, gain, winRate, spend }: ArmMetrics): string[] {
  return [
    plainName(name),
    formatNumber(meanScore),
    formatSigned(gain.mean),
    formatInterval(gain, formatSigned),
    formatShare(winRate.value),
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
