/** From the JSON Schema of a model's answer to the columns of a table. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isFields } from '../../../definitions/documents/fields.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import { ActivityError } from '../../attempts/errors.ts';
import type { ColumnType } from '../../store/tables.ts';

export interface AnswerForm {
  readonly check: ValidateFunction;
  /** In the order of the schema's properties; lists and objects are JSON text. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType | 'JSON' }[];
}

const TYPES: { readonly [type: string]: ColumnType } = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** Throws `ActivityError` `BAD_SCHEMA` for a schema that is none, or not that of an object with named properties. */
export function answerForm(schema: JsonSchema): AnswerForm {
  const properties = schema['properties'];
  const names = isFields(properties) ? Object.keys(properties) : [];
  if (schema['type'] !== 'object' || names.length === 0)
    throw bad("it must have 'type: object' and 'properties', which become columns");
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name));
  if (wrong !== undefined)
    throw bad(`the property '${wrong}' can be no column: letters, digits and _ are expected`);
  try {
    const check = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    return {
      check,
      columns: Object.entries(properties as { [name: string]: JsonSchema }).map(([name, { type }]) => ({
        name,
        type: (typeof type === 'string' ? TYPES[type] : undefined) ?? 'JSON',
      })),
    };
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function bad(reason: string): ActivityError {
  return new ActivityError('BAD_SCHEMA', `The schema of the answer cannot be used: ${reason}.`);
}
