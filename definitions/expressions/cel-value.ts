/** JSON values to CEL's and back. Pure; runs inside the workflow sandbox. */
import { ExpressionError } from './expression-error.ts';
import type { Value } from '../model/types.ts';

/** Most values (numbers, texts, lists, …) and most characters in one result; Temporal takes no payload above 2 MB. */
const MAX_VALUES = 1_000_000;
const MAX_CHARACTERS = 2_000_000;

/**
 * JSON has one kind of number, CEL has two: whole numbers become int, others double (60 and 60.0 are the same in JSON, so
 * both are int). Objects become Maps, so that no key (`constructor`, `__proto__`) means anything special.
 */
export function toCel(value: Value): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toCel);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return new Map(entries.map(([key, field]) => [key, toCel(field)]));
}

/** Back to JSON. Throws `ExpressionError` (`EXPRESSION_VALUE`) for what JSON cannot hold and for what is too large. */
export function fromCel(result: unknown, expression: string): Value {
  let values = 0;
  let characters = 0;
  function refuse(reason: string): never {
    throw new ExpressionError('EXPRESSION_VALUE', expression, reason);
  }
  function entry([key, field]: readonly [unknown, unknown]): [string, Value] {
    characters += String(key).length;
    return [String(key), convert(field)];
  }
  function convert(value: unknown): Value {
    values += 1;
    if (typeof value === 'string') characters += value.length;
    if (values > MAX_VALUES || characters > MAX_CHARACTERS)
      refuse(`its result is larger than ${MAX_VALUES} values or ${MAX_CHARACTERS} characters`);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'bigint') {
      const number = Number(value);
      return Number.isSafeInteger(number)
        ? number
        : refuse(`${value} is too large for a whole number in JSON`);
    }
    if (typeof value === 'number')
      return Number.isFinite(value) ? value : refuse(`${value} is no number in JSON`);
    if (Array.isArray(value)) return value.map(convert);
    if (value instanceof Map) return Object.fromEntries([...value].map(entry));
    if (typeof value === 'object' && value.constructor === Object)
      return Object.fromEntries(Object.entries(value).map(entry));
    return refuse('its result is neither null, a bool, a number, a text, a list nor a map');
  }
  return convert(result);
}
