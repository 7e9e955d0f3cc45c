import type { JsonSchema } from './types.ts';

/**
 * Schema of an object that has these fields and no others. Pure.
 *
 * @param optional names of those that may be left out. Default: none.
 */
export function objectSchema(
  properties: { readonly [field: string]: JsonSchema },
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((field) => !optional.includes(field));
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties,
  };
}
