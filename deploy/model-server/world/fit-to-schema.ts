/** Gives a value the form that a JSON Schema asks for, as constrained decoding would. */
import type { JsonSchema } from '../../../definitions/types.ts';

const MAX_DEPTH = 64;
const MAX_ITEMS = 1000;

/**
 * The value itself where it fits; what a schema requires and the value lacks is filled in, what is too much is cut.
 * Understands types, `properties`, `required`, `items`, `enum`, `const` and the bounds of strings, lists and numbers.
 */
export function fitToSchema(value: unknown, schema: JsonSchema, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if ('const' in schema) return schema['const'];
  const allowed = schema['enum'];
  if (Array.isArray(allowed)) return allowed.includes(value) ? value : allowed[0];
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return fitObject(value, schema, depth);
    case 'array':
      return fitList(value, schema, depth);
    case 'string':
      return fitString(value, schema);
    case 'integer':
    case 'number':
      return typeof value === 'number' ? value : numberOf(schema['minimum'], 0);
    case 'boolean':
      return value === true;
    case 'null':
      return null;
    default:
      return value ?? null;
  }
}

function fitObject(value: unknown, schema: JsonSchema, depth: number): unknown {
  const own = new Map(isRecord(value) ? Object.entries(value) : []);
  if (!isRecord(schema['properties'])) return Object.fromEntries(own);
  const fitted = new Map<string, unknown>();
  for (const [key, part] of Object.entries(schema['properties'])) {
    fitted.set(key, fitToSchema(own.get(key), isRecord(part) ? part : {}, depth + 1));
  }
  return Object.fromEntries(fitted);
}

function fitList(value: unknown, schema: JsonSchema, depth: number): unknown[] {
  const own: unknown[] = Array.isArray(value) ? value : [];
  const items = isRecord(schema['items']) ? schema['items'] : {};
  const least = Math.min(MAX_ITEMS, numberOf(schema['minItems'], 0));
  const most = numberOf(schema['maxItems'], Infinity);
  const padding = Array.from({ length: Math.max(0, least - own.length) }, () => own.at(-1));
  return [...own, ...padding].slice(0, most).map((item) => fitToSchema(item, items, depth + 1));
}

function fitString(value: unknown, schema: JsonSchema): string {
  const text = typeof value === 'string' ? value : '';
  const padded = text.padEnd(Math.min(MAX_ITEMS, numberOf(schema['minLength'], 0)), '-');
  return padded.slice(0, numberOf(schema['maxLength'], Infinity));
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
