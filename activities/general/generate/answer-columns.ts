/** From the JSON Schema of a model's answer to the columns of a table. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { boundedPatterns } from '../../../definitions/documents/bounded-patterns.ts';
import { isFields } from '../../../definitions/documents/fields.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import { ActivityError } from '../../attempts/errors.ts';
import type { ColumnType } from '../../store/tables.ts';

export interface AnswerColumn {
  readonly name: string;
  /** `JSON`: a text; texts as they are, other values as JSON text. */
  readonly type: ColumnType | 'JSON';
}

export interface AnswerForm {
  readonly check: ValidateFunction;
  /** In the order of the schema's properties. */
  readonly columns: readonly AnswerColumn[];
}

/** Types of JSON values besides null, and the column that holds values of just these. */
const COLUMN_TYPES: readonly (readonly [ColumnType, readonly string[]])[] = [
  ['VARCHAR', ['string']],
  ['BIGINT', ['integer']],
  ['DOUBLE', ['integer', 'number']],
  ['BOOLEAN', ['boolean']],
];

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
    const check = new Ajv2020({
      strict: false,
      strictNumbers: true,
      validateFormats: false,
      code: { regExp: boundedPatterns },
    }).compile(schema);
    return {
      check,
      columns: Object.entries(properties as { [name: string]: unknown }).map(([name, property]) => ({
        name,
        type: columnType(property),
      })),
    };
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

/** The column for a property's values, null aside: a value that may be left out is no other value. */
function columnType(property: unknown): ColumnType | 'JSON' {
  const types = typesOf(property).filter((type) => type !== 'null');
  const found = COLUMN_TYPES.find(([, held]) => types.every((type) => held.includes(type)));
  return types.length === 0 || found === undefined ? 'JSON' : found[0];
}

/** The types of the values that a schema lets through, as far as it says so; `any` where it does not. */
function typesOf(schema: unknown): readonly string[] {
  if (!isFields(schema)) return ['any'];
  const { type, enum: list, anyOf, oneOf } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.map(String);
  if ('const' in schema) return [typeOf(schema['const'])];
  if (Array.isArray(list)) return list.map(typeOf);
  const choices = anyOf ?? oneOf;
  return Array.isArray(choices) ? choices.flatMap(typesOf) : ['any'];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function bad(reason: string): ActivityError {
  return new ActivityError('BAD_SCHEMA', `The schema of the answer cannot be used: ${reason}.`);
}
