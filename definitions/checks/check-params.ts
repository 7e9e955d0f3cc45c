/** Checks the params a definition declares: each must be a schema, and its default must satisfy it. */
import type { SourceDocument } from '../documents/document.ts';
import { compileParam } from './params.ts';
import { sayErrors } from '../documents/say-errors.ts';
import type { Problem } from '../documents/problem.ts';
import type { Definition } from '../model/types.ts';

/** Problems `BAD_PARAM_SCHEMA` and `DEFAULT_VIOLATES_SCHEMA`. */
export function* checkParams(definition: Definition, document: SourceDocument): Generator<Problem> {
  for (const [name, schema] of Object.entries(definition.params ?? {})) {
    let validate;
    try {
      validate = compileParam(schema);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The param '${name}' has no valid schema: ${reason}.`;
      yield document.problem(
        { code: 'BAD_PARAM_SCHEMA', message, advice: 'Correct the schema.' },
        ['params', name],
        'key',
      );
      continue;
    }
    if (schema['default'] === undefined || validate(schema['default'])) continue;
    const message = `The default of '${name}', ${JSON.stringify(schema['default'])}, violates its own schema: it ${sayErrors(validate.errors)}.`;
    const advice = 'Change the default or the schema.';
    yield document.problem({ code: 'DEFAULT_VIOLATES_SCHEMA', message, advice }, ['params', name, 'default']);
  }
}
