/** One line of `results/logs/<run>.jsonl` (pino's format) as people read it. */
import type { Formatter } from 'picocolors/types.js';
import { neutraliseLine } from '../../activities/text/plain-text.ts';

/** Pino's levels, least first. */
export const logLevels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
export type LogLevel = keyof typeof logLevels;

function isLogLevel(text: string): text is LogLevel {
  return Object.hasOwn(logLevels, text);
}

export interface LogColors {
  readonly dim: Formatter;
  readonly yellow: Formatter;
  readonly red: Formatter;
}

/** Keys that say nothing to a person who looks at one run. */
const hidden = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'v', 'runId', 'run']);

/** `12:00:01 WARN  message  key=value …`; undefined for a line below `least`. A line that is not JSON stays as it is. */
export function formatLogLine(line: string, least: LogLevel, colors: LogColors): string | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return neutraliseLine(line);
  }
  if (typeof entry !== 'object' || entry === null) return neutraliseLine(line);
  const fields = new Map<string, unknown>(Object.entries(entry));
  const level = levelOf(fields.get('level'));
  if (logLevels[level] < logLevels[least]) return undefined;
  const rest = [...fields]
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => `${key}=${valueText(value)}`);
  const head = `${timeOf(fields.get('time'))} ${level.toUpperCase().padEnd(5)}`;
  const paint =
    logLevels[level] >= logLevels.error ? colors.red : level === 'warn' ? colors.yellow : colors.dim;
  const message = fields.get('msg');
  const text = neutraliseLine([typeof message === 'string' ? message : '', ...rest].join('  '));
  return `${paint(head)} ${text}`;
}

function levelOf(value: unknown): LogLevel {
  const name = Object.entries(logLevels).find(([, number]) => number === value)?.[0] ?? String(value);
  return isLogLevel(name) ? name : 'info';
}

function timeOf(value: unknown): string {
  const date = new Date(typeof value === 'number' || typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? '--:--:--' : date.toTimeString().slice(0, 8);
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
