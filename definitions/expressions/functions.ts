/** What expressions may call, beside the macros. Pure; runs inside the workflow sandbox. */
import { isList, isMap, sizeOf, type Cel } from './cel-value.ts';
import type { Meter } from './meter.ts';
import { NoValue, int, typeName } from './operators.ts';
import type { Patterns } from './regular-expressions.ts';
import * as lists from './lists.ts';
import * as texts from './texts.ts';

/** Longest list that `range` makes. */
export const MAX_RANGE = 100_000;

/** What one evaluation has at hand. */
export interface Tools {
  readonly meter: Meter;
  readonly patterns: Patterns;
}

/** Undefined = these arguments are none that the function takes. The first argument of a method is its receiver. */
type Call = (args: readonly Cel[], tools: Tools) => Cel | undefined;

function isWhole(value: Cel | undefined): value is bigint | number {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function size([value = null]: readonly Cel[], { meter }: Tools): Cel | undefined {
  if (typeof value === 'string') return BigInt(texts.countOf(value, meter));
  if (isList(value)) return BigInt(value.length);
  if (!isMap(value)) return undefined;
  meter.fields(sizeOf(value));
  return BigInt(sizeOf(value));
}

function range(args: readonly Cel[], { meter }: Tools): Cel | undefined {
  const [from, to] = args.length === 1 ? [0n, args[0]] : args;
  if (!isWhole(from) || !isWhole(to)) return undefined;
  const first = BigInt(from);
  const length = BigInt(to) > first ? BigInt(to) - first : 0n;
  if (length > BigInt(MAX_RANGE)) meter.refuse(`range() makes at most ${MAX_RANGE} items, not ${length}`);
  meter.elements(Number(length));
  return Array.from({ length: Number(length) }, (_, index) => first + BigInt(index));
}

function toInt([value = null]: readonly Cel[]): Cel | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return int(BigInt(Math.trunc(value)));
    throw new NoValue('EXPRESSION_FAILED', `${value} is no int`);
  }
  if (typeof value !== 'string') return undefined;
  if (/^[+-]?\d{1,19}$/.test(value)) return int(BigInt(value.replace('+', '')));
  throw notConvertible(value, 'int');
}

function toDouble([value = null]: readonly Cel[]): Cel | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && value.length < 400) return Number(value);
  const [, sign, word = ''] = /^([+-]?)(.*)$/s.exec(value) ?? [];
  if (/^nan$/i.test(value)) return Number.NaN;
  if (/^inf(inity)?$/i.test(word)) return sign === '-' ? -Infinity : Infinity;
  throw notConvertible(value, 'double');
}

const TRUE = /^(1|t|true|TRUE|True)$/;
const FALSE = /^(0|f|false|FALSE|False)$/;

function toBool([value = null]: readonly Cel[]): Cel | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (TRUE.test(value)) return true;
  if (FALSE.test(value)) return false;
  throw notConvertible(value, 'bool');
}

function toText([value = null]: readonly Cel[]): Cel | undefined {
  if (typeof value === 'string') return value;
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? `${value}`
    : undefined;
}

function notConvertible(text: string, type: string): NoValue {
  return new NoValue('EXPRESSION_FAILED', `'${text.slice(0, 80)}' cannot be converted to ${type}`);
}

function matches(args: readonly Cel[], { meter, patterns }: Tools): Cel | undefined {
  const [text, pattern] = args;
  return typeof text === 'string' && typeof pattern === 'string'
    ? patterns.match(text, pattern, meter)
    : undefined;
}

/** A method of a text. `takes`: the types of its arguments, `s` a text and `i` a whole number; those after `?` may be left out. */
function ofText(
  takes: string,
  call: (
    text: string,
    args: { readonly s: readonly string[]; readonly i: readonly number[] },
    meter: Meter,
  ) => Cel | bigint,
): Call {
  const [needed = '', optional = ''] = takes.split('?');
  const all = needed + optional;
  return ([text, ...args], { meter }) => {
    if (typeof text !== 'string' || args.length < needed.length || args.length > all.length) return undefined;
    const s: string[] = [];
    const i: number[] = [];
    for (const [index, arg] of args.entries()) {
      if (all[index] === 's' && typeof arg === 'string') s.push(arg);
      else if (all[index] === 'i' && isWhole(arg)) i.push(Number(arg));
      else return undefined;
    }
    return call(text, { s, i }, meter);
  };
}

/** A method of a list, with so many whole numbers as arguments. */
function ofList(
  least: number,
  most: number,
  call: (list: readonly Cel[], args: readonly number[], meter: Meter) => Cel,
): Call {
  return ([list = null, ...args], { meter }) => {
    const isRight = isList(list) && args.length >= least && args.length <= most && args.every(isWhole);
    return isRight ? call(list, args.map(Number), meter) : undefined;
  };
}

/** A function of several lists. */
function ofLists(call: (given: readonly (readonly Cel[])[], meter: Meter) => Cel): Call {
  return (args, { meter }) => {
    const given = args.filter(isList);
    return given.length === args.length ? call(given, meter) : undefined;
  };
}

function join([list = null, separator = '']: readonly Cel[], { meter }: Tools): Cel | undefined {
  if (!isList(list) || typeof separator !== 'string') return undefined;
  meter.step(list.length);
  const parts = list.filter((item) => typeof item === 'string');
  return parts.length === list.length ? texts.join(parts, separator, meter) : undefined;
}

/** The functions that are called as `f(x)`, with how many arguments they take. */
const FREE: {
  readonly [name: string]: { readonly least: number; readonly most: number; readonly call: Call };
} = {
  bool: { least: 1, most: 1, call: toBool },
  cross: { least: 2, most: 8, call: ofLists(lists.cross) },
  double: { least: 1, most: 1, call: toDouble },
  dyn: { least: 1, most: 1, call: ([value]) => value },
  int: { least: 1, most: 1, call: toInt },
  matches: { least: 2, most: 2, call: matches },
  range: { least: 1, most: 2, call: range },
  size: { least: 1, most: 1, call: size },
  string: { least: 1, most: 1, call: toText },
  zip: { least: 2, most: 8, call: ofLists(lists.zip) },
};

/** Those that are called as `x.f()`. */
const METHODS: { readonly [name: string]: Call } = {
  charAt: ofText('i', (text, { i: [index = 0] }, meter) => texts.charAt(text, index, meter)),
  contains: ofText('s', (text, { s: [sought = ''] }, meter) => texts.contains(text, sought, meter)),
  distinct: ofList(0, 0, (list, _, meter) => lists.distinct(list, meter)),
  endsWith: ofText('s', (text, { s: [sought = ''] }, meter) => texts.endsWith(text, sought, meter)),
  flatten: ofList(0, 1, (list, [depth = 1], meter) => lists.flatten(list, depth, meter)),
  indexOf: ofText('s?i', (text, { s: [sought = ''], i: [from = 0] }, meter) =>
    BigInt(texts.indexOf(text, sought, from, meter)),
  ),
  join: (args, tools) => (args.length <= 2 ? join(args, tools) : undefined),
  lastIndexOf: ofText('s?i', (text, { s: [sought = ''], i: [from] }, meter) =>
    BigInt(texts.lastIndexOf(text, sought, from, meter)),
  ),
  lowerAscii: ofText('', (text, _, meter) => texts.lowerAscii(text, meter)),
  matches: (args, tools) => (args.length === 2 ? matches(args, tools) : undefined),
  replace: ofText('ss?i', (text, { s: [sought = '', by = ''], i: [limit = -1] }, meter) =>
    texts.replace(text, sought, by, limit, meter),
  ),
  reverse: ofList(0, 0, (list, _, meter) => lists.reverse(list, meter)),
  size: (args, tools) => (args.length === 1 ? size(args, tools) : undefined),
  slice: ofList(2, 2, (list, [from = 0, to = 0], meter) => lists.slice(list, from, to, meter)),
  sort: ofList(0, 0, (list, _, meter) => lists.sort(list, meter)),
  split: ofText('s?i', (text, { s: [separator = ''], i: [limit = -1] }, meter) =>
    texts.split(text, separator, limit, meter),
  ),
  startsWith: ofText('s', (text, { s: [sought = ''] }, meter) => texts.startsWith(text, sought, meter)),
  substring: ofText('i?i', (text, { i: [start = 0, end] }, meter) =>
    texts.substring(text, start, end, meter),
  ),
  trim: ofText('', (text, _, meter) => texts.trim(text, meter)),
  upperAscii: ofText('', (text, _, meter) => texts.upperAscii(text, meter)),
};

/** The names of all functions that are no macros. */
export const FUNCTION_NAMES: readonly string[] = [
  ...new Set([...Object.keys(FREE), ...Object.keys(METHODS)]),
];

/** `name(args)`. Throws `NoValue`. */
export function callFree(name: string, args: readonly Cel[], tools: Tools): Cel {
  const found = Object.hasOwn(FREE, name) ? FREE[name] : undefined;
  const takes = found !== undefined && args.length >= found.least && args.length <= found.most;
  const value = takes ? found.call(args, tools) : undefined;
  if (value !== undefined) return value;
  throw new NoValue('EXPRESSION_TYPE', `found no matching overload for '${name}(${typesOf(args)})'`);
}

/** `receiver.name(args)`. Throws `NoValue`. */
export function callMethod(name: string, receiver: Cel, args: readonly Cel[], tools: Tools): Cel {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  const value = method?.([receiver, ...args], tools);
  if (value !== undefined) return value;
  const called = `${typeName(receiver)}.${name}(${typesOf(args)})`;
  throw new NoValue('EXPRESSION_TYPE', `found no matching overload for '${called}'`);
}

function typesOf(args: readonly Cel[]): string {
  return args.map(typeName).join(', ');
}
