/** Gives a value the form that a JSON Schema asks for, as constrained decoding would. */
import { isFields } from '../../../definitions/documents/fields.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';

const MAX_DEPTH = 64;
/** Values that filling in may make in all; lists of lists of lists would otherwise grow without end. */
const MAX_FILLED = 1000;

/**
 * The value itself where it fits; what a schema requires and the value lacks is filled in, what is too much is cut.
 * Understands types, `properties`, `required`, `items`, `enum`, `const` and the bounds of strings, lists and numbers.
 */
export function fitToSchema(value: unknown, schema: JsonSchema): unknown {
  return fit(value, schema, 0, { left: MAX_FILLED });
}

/** How many values may still be filled in. */
interface Allowance {
  left: number;
}

function fit(value: unknown, schema: JsonSchema, depth: number, allowance: Allowance): unknown {
  if (depth > MAX_DEPTH) return null;
  if ('const' in schema) return schema['const'];
  const allowed = schema['enum'];
  if (Array.isArray(allowed)) return allowed.includes(value) ? value : (allowed[0] ?? null);
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return fitObject(value, schema, depth, allowance);
    case 'array':
      return fitList(value, schema, depth, allowance);
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
  const missing = Math.max(0, numberOf(schema['minItems'], 0) - own.length);
  const filled = Math.min(Math.floor(missing), Math.max(0, allowance.left));
  allowance.left -= filled;
  const padding = Array.from({ length: filled }, () => own.at(-1));
  const most = numberOf(schema['maxItems'], Infinity);
  return [...own, ...padding].slice(0, most).map((item) => fit(item, items, depth + 1, allowance));
}

function fitString(value: unknown, schema: JsonSchema): string {
  const text = typeof value === 'string' ? value : '';
  const padded = text.padEnd(Math.min(MAX_FILLED, numberOf(schema['minLength'], 0)), '-');
  return padded.slice(0, numberOf(schema['maxLength'], Infinity));
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
