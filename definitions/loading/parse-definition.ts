/** The text of a definition as far as it can be understood by itself: what it refers to is not looked at. */
import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { checkSize } from '../checks/check-size.ts';
import { wellFormed } from '../checks/well-formed.ts';
import type { SourceDocument } from '../documents/document.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Found, Problem } from '../documents/problem.ts';
import { checkSchema, compileSchema } from '../documents/schema-check.ts';
import type { Definition, JsonSchema } from '../model/types.ts';
import { onlyWrongTasks } from './wrong-tasks.ts';

export interface ParsedDefinition {
  /** What is wrong with the YAML. */
  readonly problems: readonly Problem[];
  /** Absent where the text cannot be read. */
  readonly document?: SourceDocument;
  /** The definition, or what is left of one that violates its schema; absent where nothing is. */
  readonly definition?: Definition;
  /** Whether it satisfies its schema. */
  readonly isWhole: boolean;
  /** Whether it is within its bounds; what is not is not looked at any further. */
  readonly isSmall: boolean;
  /** In which ways it violates its bounds or its schema. */
  readonly found: () => Iterable<Found>;
}

interface DefinitionSchema {
  readonly schema: JsonSchema;
  readonly validate: ValidateFunction<Definition>;
}

let definitionSchema: DefinitionSchema | undefined;

function readSchema(): DefinitionSchema {
  if (definitionSchema !== undefined) return definitionSchema;
  const path = new URL('../definition.schema.json', import.meta.url);
  const schema: JsonSchema = JSON.parse(readFileSync(path, 'utf8'));
  definitionSchema = { schema, validate: compileSchema<Definition>(schema) };
  return definitionSchema;
}

/** @param file names it in problems, relative to the root. */
export function parseDefinition(text: string, file: string): ParsedDefinition {
  const parsed = parseDocument(text, file);
  const problems = parsed.ok ? [] : parsed.problems;
  const document = parsed.ok ? parsed.value : parsed.readable;
  const nothing = { problems, isWhole: false, isSmall: true, found: () => [] };
  if (document === undefined) return nothing;
  const { value } = document;
  const rest = wellFormed(value);
  const tooLarge = rest === undefined ? [] : [...checkSize({ definition: rest })];
  if (tooLarge.length > 0) return { ...nothing, document, isSmall: false, found: () => tooLarge };
  const { schema, validate } = readSchema();
  const whole: unknown = value;
  const wrong = onlyWrongTasks(value, schema);
  if ((wrong === value || validate(wrong)) && validate(whole))
    return { ...nothing, document, definition: whole, isWhole: true };
  const found = (): Iterable<Found> => checkSchema(wrong, validate);
  return { ...nothing, document, ...(rest === undefined ? {} : { definition: rest }), found };
}
