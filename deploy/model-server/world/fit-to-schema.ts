/** Gives a value the form that a JSON Schema asks for, as constrained decoding would. */
import { isFields } from '../../../definitions/documents/fields.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import type { Random } from './random.ts';

const MAX_DEPTH = 64;
/** Values that filling in may make in all; lists of lists of lists would otherwise grow without end. */
const MAX_FILLED = 1000;
/** Most items of a list that is made up, where the schema asks for no more. */
const MAX_MADE_UP = 3;
/** Width of the range of a number with one bound or none. */
const RANGE = 100;

/**
 * The value itself where it fits; what a schema names and the value lacks is made up by chance, what is too much is cut.
 * Understands types, `properties`, `items`, `enum`, `const`, `anyOf`, `oneOf`, `multipleOf` and the bounds of strings, lists and
 * numbers. Texts that are made up say that they are simulated, where they may be long enough.
 */
export function fitToSchema(value: unknown, schema: JsonSchema, random: Random): unknown {
  return fit(value, schema, 0, { left: MAX_FILLED, random });
}

interface Allowance {
  /** How many values may still be filled in. */
  left: number;
  readonly random: Random;
}

function fit(value: unknown, schema: JsonSchema, depth: number, allowance: Allowance): unknown {
  if (depth > MAX_DEPTH) return null;
  if ('const' in schema) return schema['const'];
  const allowed = schema['enum'];
  if (Array.isArray(allowed)) return allowed.includes(value) ? value : pick(allowed, allowance.random);
  const choices = schema['type'] === undefined ? (schema['anyOf'] ?? schema['oneOf']) : undefined;
  if (Array.isArray(choices)) {
    const chosen = pick(choices, allowance.random);
    return fit(value, isFields(chosen) ? chosen : {}, depth + 1, allowance);
  }
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return fitObject(value, schema, depth, allowance);
    case 'array':
      return fitList(value, schema, depth, allowance);
    case 'string':
      return fitString(value, schema, allowance.random);
    case 'integer':
    case 'number':
      return typeof value === 'number' ? value : drawNumber(schema, type === 'integer', allowance.random);
    case 'boolean':
      return typeof value === 'boolean' ? value : allowance.random.chance(0.5);
    case 'null':
      return null;
    default:
      return value ?? null;
  }
}

function fitObject(value: unknown, schema: JsonSchema, depth: number, allowance: Allowance): unknown {
  const own = new Map(isFields(value) ? Object.entries(value) : []);
  if (!isFields(schema['properties'])) return Object.fromEntries(own);
  const fitted = new Map<string, unknown>();
  for (const [key, part] of Object.entries(schema['properties'])) {
    fitted.set(key, fit(own.get(key), isFields(part) ? part : {}, depth + 1, allowance));
  }
  return Object.fromEntries(fitted);
}

function fitList(value: unknown, schema: JsonSchema, depth: number, allowance: Allowance): unknown[] {
  const own: unknown[] = Array.isArray(value) ? value : [];
  const items = isFields(schema['items']) ? schema['items'] : {};
  const wanted = Array.isArray(value) ? 0 : 1 + Math.floor(allowance.random.next() * MAX_MADE_UP);
  const missing = Math.max(0, Math.max(wanted, numberOf(schema['minItems'], 0)) - own.length);
  const filled = Math.min(Math.floor(missing), Math.max(0, allowance.left));
  allowance.left -= filled;
  const padding = Array.from({ length: filled }, () => own.at(-1));
  const most = numberOf(schema['maxItems'], Infinity);
  return [...own, ...padding].slice(0, most).map((item) => fit(item, items, depth + 1, allowance));
}

function fitString(value: unknown, schema: JsonSchema, random: Random): string {
  const text = typeof value === 'string' ? value : `simulated ${Math.floor(random.next() * 1_000_000)}`;
  const padded = text.padEnd(Math.min(MAX_FILLED, numberOf(schema['minLength'], 0)), '-');
  return padded.slice(0, numberOf(schema['maxLength'], Infinity));
}

/** A number between the bounds of the schema; whole numbers where its type or `multipleOf` asks for them. */
function drawNumber(schema: JsonSchema, isInteger: boolean, random: Random): number {
  const step = Math.max(0, numberOf(schema['multipleOf'], isInteger ? 1 : 0));
  const least = boundOf(schema, 'minimum', 'exclusiveMinimum', Math.max);
  const most = boundOf(schema, 'maximum', 'exclusiveMaximum', Math.min);
  const low = least ?? (most === undefined ? 0 : Math.min(0, most - RANGE));
  const high = most ?? Math.max(RANGE, low + RANGE);
  // Inside, so that exclusive bounds are kept, too.
  if (step === 0) return low + (high - low) * (0.01 + 0.98 * random.next());
  const isOpenBelow = low === schema['exclusiveMinimum'] && Number.isInteger(low / step);
  const isOpenAbove = high === schema['exclusiveMaximum'] && Number.isInteger(high / step);
  const first = Math.ceil(low / step) + (isOpenBelow ? 1 : 0);
  const last = Math.floor(high / step) - (isOpenAbove ? 1 : 0);
  return (first + Math.floor(random.next() * Math.max(1, last - first + 1))) * step;
}

function boundOf(
  schema: JsonSchema,
  name: string,
  exclusive: string,
  tighter: (...bounds: number[]) => number,
): number | undefined {
  const bounds = [schema[name], schema[exclusive]].filter((bound) => typeof bound === 'number');
  return bounds.length === 0 ? undefined : tighter(...bounds);
}

function pick(items: readonly unknown[], random: Random): unknown {
  return items[Math.floor(random.next() * items.length)] ?? null;
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
