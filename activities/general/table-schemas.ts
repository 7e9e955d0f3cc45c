/** Parts of schemas that the activities with tables share. */
import type { JsonSchema } from '../../definitions/model/types.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';
import { USER_TABLE_PATTERN } from '../store/user-tables/user-tables.ts';

/** Name of a user's own table, or of a part of one. */
export const tableNameSchema: JsonSchema = {
  type: 'string',
  pattern: USER_TABLE_PATTERN,
  description: 'Small letters, digits and _.',
};

/** Columns of a result, with DuckDB's types. */
export const columnsSchema: JsonSchema = {
  type: 'array',
  items: objectSchema({ name: { type: 'string' }, type: { type: 'string' } }),
};
