/** JSON values to CEL's and back. Pure; runs inside the workflow sandbox. */
import { ExpressionError } from './expression-error.ts';
import type { Meter } from './meter.ts';
import type { JsonSchema, Value } from '../model/types.ts';

/** What a key of a map may be; those of JSON objects are texts. */
export type CelKey = string | bigint | boolean;

/**
 * What expressions are worth on their way. A `bigint` is CEL's int; a `number` is a double. JSON values stand for themselves,
 * their objects for maps whose keys are texts: nothing is copied that an expression only reads.
 */
export type Cel =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly Cel[]
  | ReadonlyMap<CelKey, Cel>
  | { readonly [key: string]: Cel };

export type CelMap = ReadonlyMap<CelKey, Cel> | { readonly [key: string]: Cel };

/** Most values (numbers, texts, lists, …) and most characters in one result; Temporal takes no payload above 2 MB. */
const MAX_VALUES = 1_000_000;
const MAX_CHARACTERS = 2_000_000;
/** Deepest nesting of lists and maps in a result. */
const MAX_DEPTH = 500;

export function isList(value: Cel): value is readonly Cel[] {
  return Array.isArray(value);
}

export function isMap(value: Cel): value is CelMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every whole number in a JSON value as an int: what expressions meant by it in runs that an earlier version has begun. */
export function withWholeNumbersAsInts(value: Value): Cel {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(withWholeNumbersAsInts);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return new Map(entries.map(([key, field]) => [key, withWholeNumbersAsInts(field)]));
}

/** Params by their schemas: a number that its schema calls an integer is an int, all others are doubles. */
export function typedParams(
  params: { readonly [param: string]: Value },
  schemas: { readonly [param: string]: JsonSchema },
): Cel {
  return typed(params, { properties: schemas });
}

function typed(value: Value | undefined, schema: unknown): Cel {
  if (value === undefined) return null;
  if (!isObject(schema)) return value;
  if (typeof value === 'number')
    return isInteger(schema) && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object' || !mentionsIntegers(schema)) return value;
  if (Array.isArray(value)) return value.map((item: Value) => typed(item, schema['items']));
  const { properties, additionalProperties } = schema;
  const fields = isObject(properties) ? properties : {};
  return new Map(
    Object.entries(value).map(([key, field]) => [
      key,
      typed(field, Object.hasOwn(fields, key) ? fields[key] : additionalProperties),
    ]),
  );
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema that allows other numbers, too, makes doubles. */
function isInteger({ type }: JsonSchema): boolean {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.includes('integer') && !types.includes('number');
}

function mentionsIntegers(schema: JsonSchema): boolean {
  const { items, properties, additionalProperties } = schema;
  const inner = [items, additionalProperties, ...(isObject(properties) ? Object.values(properties) : [])];
  return inner.some((part) => isObject(part) && (isInteger(part) || mentionsIntegers(part)));
}

/**
 * Back to JSON. Throws `ExpressionError`: `EXPRESSION_VALUE` for what JSON cannot hold, `EXPRESSION_TOO_LARGE` for what is
 * too large or too deep.
 */
export function fromCel(result: Cel, expression: string, meter: Meter): Value {
  let values = 0;
  let characters = 0;
  let depth = 0;
  const refuse = (reason: string): never => {
    throw new ExpressionError('EXPRESSION_VALUE', expression, reason);
  };
  function count(length: number): void {
    values += 1;
    meter.step();
    characters += length;
    if (values > MAX_VALUES || characters > MAX_CHARACTERS)
      meter.refuse(`its result is larger than ${MAX_VALUES} values or ${MAX_CHARACTERS} characters`);
  }
  function convert(value: Cel): Value {
    count(typeof value === 'string' ? value.length : 0);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'bigint') {
      const number = Number(value);
      return Number.isSafeInteger(number)
        ? number
        : refuse(`${value} is too large for a whole number in JSON`);
    }
    // JSON has no negative zero.
    if (typeof value === 'number')
      return Number.isFinite(value) ? value + 0 : refuse(`${value} is no number in JSON`);
    depth += 1;
    if (depth > MAX_DEPTH) meter.refuse(`its result is nested more than ${MAX_DEPTH} deep`);
    const converted = convertParts(value);
    depth -= 1;
    return converted;
  }
  function convertParts(value: readonly Cel[] | CelMap): Value {
    if (isList(value)) return value.map(convert);
    meter.step(2 * sizeOf(value));
    return Object.fromEntries(
      entriesOf(value).map(([key, field]): [string, Value] => {
        characters += String(key).length;
        return [String(key), convert(field)];
      }),
    );
  }
  return convert(result);
}

/** The entries of a map; a field of a JSON object without a value is none. */
export function entriesOf(map: CelMap): readonly (readonly [CelKey, Cel])[] {
  if (map instanceof Map) return [...map.entries()];
  return Object.entries(map).filter(([, field]) => field !== undefined);
}

export function sizeOf(map: CelMap): number {
  return map instanceof Map ? map.size : Object.keys(map).length;
}

/** The field of a map; undefined if it has none. A double that is whole stands for the int. */
export function fieldOf(map: CelMap, key: Cel): Cel | undefined {
  if (map instanceof Map)
    return map.get(typeof key === 'number' && Number.isSafeInteger(key) ? BigInt(key) : (key as CelKey));
  return typeof key === 'string' && Object.hasOwn(map, key)
    ? (map as { [key: string]: Cel })[key]
    : undefined;
}
