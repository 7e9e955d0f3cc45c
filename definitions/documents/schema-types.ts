/** What can be told about a value from its JSON Schema alone. Pure. */
import { isFields, textsOf } from './fields.ts';
import type { JsonSchema, Value } from '../model/types.ts';

/** A schema that says nothing. */
export const UNKNOWN: JsonSchema = {};

/** The one JSON type a schema allows; undefined if it allows several or does not say. */
export function typeOf(schema: JsonSchema): string | undefined {
  return typeof schema['type'] === 'string' ? schema['type'] : undefined;
}

export function propertiesOf(schema: JsonSchema): { readonly [key: string]: JsonSchema } {
  return isFields<JsonSchema>(schema['properties']) ? schema['properties'] : {};
}

/** Whether an object has no other fields than those the schema names. */
export function isClosed(schema: JsonSchema): boolean {
  return typeOf(schema) === 'object' && schema['additionalProperties'] === false;
}

/** The fields an object must have. */
export function requiredOf(schema: JsonSchema): readonly string[] {
  return textsOf(schema['required']);
}

/** Schema of what a list holds. */
export function itemsOf(schema: JsonSchema): JsonSchema {
  return isFields(schema['items']) ? schema['items'] : UNKNOWN;
}

/** The type of a literal, as a schema. */
export function schemaOfLiteral(value: Value): JsonSchema {
  if (value === null) return { type: 'null' };
  if (Array.isArray(value)) {
    const [first, ...rest] = value.map(schemaOfLiteral);
    const same = first !== undefined && rest.every((schema) => typeOf(schema) === typeOf(first));
    return { type: 'array', items: same ? first : UNKNOWN };
  }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  return { type: typeof value };
}

/** How people say a type. */
export function sayType(type: string | undefined): string {
  const words: { readonly [type: string]: string } = {
    string: 'a text', integer: 'a whole number', number: 'a number', boolean: 'true or false', array: 'a list', object: 'a map',
    null: 'null',
  }; // prettier-ignore
  return words[type ?? ''] ?? 'of some type';
}

/** Why no value of the one schema can be one of the other; undefined if some may be, or it cannot be told. */
export function whyNotAssignable(from: JsonSchema, to: JsonSchema): string | undefined {
  const [given, wanted] = [typeOf(from), typeOf(to)];
  if (given === undefined || wanted === undefined) return undefined;
  const numeric = wanted === 'number' && given === 'integer';
  // A number may happen to be whole; only its value tells.
  if (given !== wanted && !numeric && !(wanted === 'integer' && given === 'number'))
    return `it is ${sayType(given)}, not ${sayType(wanted)}`;
  if (given === 'array') {
    const reason = whyNotAssignable(itemsOf(from), itemsOf(to));
    return reason === undefined ? undefined : `of its items: ${reason}`;
  }
  if (given !== 'object' || !isClosed(from)) return undefined;
  const missing = requiredOf(to).find((key) => !Object.hasOwn(propertiesOf(from), key));
  if (missing !== undefined) return `it has no '${missing}'`;
  for (const [key, schema] of Object.entries(propertiesOf(to))) {
    const field = propertiesOf(from)[key];
    const reason = field === undefined ? undefined : whyNotAssignable(field, schema);
    if (reason !== undefined) return `of its '${key}': ${reason}`;
  }
  return undefined;
}
