/** Checks the params a definition declares: each must be a schema, and its default must satisfy it. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { compileParam } from './params.ts';
import { sayErrors } from '../documents/say-errors.ts';
import { show } from '../documents/schema-advice.ts';

/** Problems `BAD_PARAM_SCHEMA` and `DEFAULT_VIOLATES_SCHEMA`. */
export function* checkParams({ definition }: Pick<Subject, 'definition'>): Generator<Found> {
  for (const [name, schema] of Object.entries(definition.params ?? {})) {
    let validate;
    try {
      validate = compileParam(schema);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `The param '${name}' has no valid schema: ${reason}.`;
      const advice = 'Correct the schema.';
      yield { code: 'BAD_PARAM_SCHEMA', message, advice, at: ['params', name], place: 'key' };
      continue;
    }
    if (schema['default'] === undefined || validate(schema['default'])) continue;
    const message = `The default of '${name}', ${show(schema['default'])}, violates its own schema: it ${sayErrors(validate.errors)}.`;
    const advice = 'Change the default or the schema.';
    yield { code: 'DEFAULT_VIOLATES_SCHEMA', message, advice, at: ['params', name, 'default'] };
  }
}
