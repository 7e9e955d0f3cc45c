/** JSON Schemas that several activities' inputs, outputs and model answers share. */
import type { JsonSchema } from '../definitions/model/types.ts';
import { objectSchema } from '../definitions/model/object-schema.ts';

/** A `ShardReference`. */
export const shardSchema: JsonSchema = objectSchema({
  table: { type: 'string' },
  run: { type: 'string' },
  shard: { type: 'string' },
  rowCount: { type: 'integer' },
  split: { type: 'string' },
});

/**
 * `{"<key>": ["…"]}`, as a model is asked to list things. A small one would write on until its limit of tokens.
 * @param maxChars of each text: one of that length was cut.
 */
export function stringListSchema(key: string, maxItems: number, maxChars: number): JsonSchema {
  const items = { type: 'string', maxLength: maxChars };
  return objectSchema({ [key]: { type: 'array', maxItems, items } });
}

/** `{"prompt": "…"}`, as a rewriting model is asked to answer. */
export const rewriteAnswerSchema: JsonSchema = objectSchema({ prompt: { type: 'string' } });

/** A mean with its 95% interval; null where there is none. */
export const estimateSchema: JsonSchema = objectSchema({
  mean: { type: ['number', 'null'] },
  low: { type: ['number', 'null'] },
  high: { type: ['number', 'null'] },
});
