/**
 * The functions of CEL on texts. Every count and position is of code points, as in `size`. Pure; runs inside the workflow
 * sandbox. Each counts with the meter what it looks at and makes before it does; throws `NoValue`.
 */
import { NoValue } from './operators.ts';
import type { Meter } from './meter.ts';

/** A search may compare the whole of what is sought at each place: so many comparisons are a step. */
const COMPARISONS_PER_STEP = 1_000;

function isPlain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}

function charge(text: string, sought: string, meter: Meter): void {
  meter.read(text.length);
  meter.step(Math.ceil((text.length * sought.length) / COMPARISONS_PER_STEP));
}

export function countOf(text: string, meter: Meter): number {
  meter.read(text.length);
  if (isPlain(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The index in code units of the code point with an index; `undefined` beyond the end of the text. */
function unitIndex(text: string, index: number): number | undefined {
  if (index < 0 || !Number.isInteger(index)) return undefined;
  if (isPlain(text)) return index <= text.length ? index : undefined;
  let units = 0;
  let points = 0;
  for (const character of text) {
    if (points === index) return units;
    units += character.length;
    points += 1;
  }
  return points === index ? units : undefined;
}

function placeOf(text: string, index: number, what: string): number {
  const found = unitIndex(text, index);
  if (found !== undefined) return found;
  throw new NoValue('EXPRESSION_FAILED', `${what} ${index} is outside of the text`);
}

export function contains(text: string, sought: string, meter: Meter): boolean {
  charge(text, sought, meter);
  return text.includes(sought);
}

export function startsWith(text: string, sought: string, meter: Meter): boolean {
  meter.read(sought.length);
  return text.startsWith(sought);
}

export function endsWith(text: string, sought: string, meter: Meter): boolean {
  meter.read(sought.length);
  return text.endsWith(sought);
}

/** @param from where to begin; -1 is the result where there is none. */
export function indexOf(text: string, sought: string, from: number, meter: Meter): number {
  charge(text, sought, meter);
  const found = text.indexOf(sought, placeOf(text, from, 'the start'));
  return found === -1 ? -1 : countOf(text.slice(0, found), meter);
}

/** @param from where the last one to be found may begin; undefined = anywhere. */
export function lastIndexOf(text: string, sought: string, from: number | undefined, meter: Meter): number {
  charge(text, sought, meter);
  const found = text.lastIndexOf(sought, from === undefined ? Infinity : placeOf(text, from, 'the start'));
  return found === -1 ? -1 : countOf(text.slice(0, found), meter);
}

/** @param end behind the last code point; undefined = the end of the text. */
export function substring(text: string, start: number, end: number | undefined, meter: Meter): string {
  meter.text(text.length);
  const first = placeOf(text, start, 'the start');
  const last = end === undefined ? text.length : placeOf(text, end, 'the end');
  if (last < first) throw new NoValue('EXPRESSION_FAILED', `the end ${end} lies before the start ${start}`);
  return text.slice(first, last);
}

export function charAt(text: string, index: number, meter: Meter): string {
  meter.read(text.length);
  const point = text.codePointAt(placeOf(text, index, 'the index'));
  return point === undefined ? '' : String.fromCodePoint(point);
}

/** @param limit most parts, the last one being what is left; negative = no limit. */
export function split(text: string, separator: string, limit: number, meter: Meter): readonly string[] {
  if (limit === 0) return [];
  charge(text, separator, meter);
  const parts: string[] = [];
  const add = (part: string): void => {
    meter.elements(1);
    meter.text(part.length);
    parts.push(part);
  };
  const most = limit < 0 ? Infinity : limit;
  let from = 0;
  for (let next = nextCut(text, separator, 0); next !== undefined && parts.length + 1 < most;) {
    add(text.slice(from, next));
    from = next + separator.length;
    next = nextCut(text, separator, from);
  }
  if (separator !== '' || from < text.length) add(text.slice(from));
  return parts;
}

/** Where the part that begins at `from` ends, if it is not the last one. */
function nextCut(text: string, separator: string, from: number): number | undefined {
  if (separator !== '') {
    const found = text.indexOf(separator, from);
    return found === -1 ? undefined : found;
  }
  const end = from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
  return end < text.length ? end : undefined;
}

/** @param limit most replacements; negative = all. */
export function replace(text: string, sought: string, by: string, limit: number, meter: Meter): string {
  if (limit === 0) return text;
  const most = sought === '' ? limit : limit + 1;
  const parts = split(text, sought, limit < 0 ? -1 : most, meter);
  if (sought !== '') return join(parts, by, meter);
  return join(['', ...parts, ...(limit < 0 || parts.length < limit ? [''] : [])], by, meter);
}

export function join(parts: readonly string[], separator: string, meter: Meter): string {
  const gaps = Math.max(parts.length - 1, 0) * separator.length;
  meter.step(parts.length);
  meter.text(parts.reduce((sum, part) => sum + part.length, gaps));
  return parts.join(separator);
}

export function lowerAscii(text: string, meter: Meter): string {
  meter.text(text.length);
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function upperAscii(text: string, meter: Meter): string {
  meter.text(text.length);
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export function trim(text: string, meter: Meter): string {
  meter.text(text.length);
  return text.trim();
}
