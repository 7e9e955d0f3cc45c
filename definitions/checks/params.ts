/** The parameters of a run: given values over defaults, checked by the definition's own schemas. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { cutText } from '../model/cut-text.ts';
import { assertFits, PayloadTooLarge } from '../model/value-size.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { boundedPatterns } from '../documents/bounded-patterns.ts';
import { isFields } from '../documents/fields.ts';
import type { ProblemCode } from '../documents/problem-codes.ts';
import { PARAMS, type Checked, type Problem } from '../documents/problem.ts';
import { sayErrors } from '../documents/say-errors.ts';
import type { Definition, JsonSchema, Value } from '../model/types.ts';

export type Params = { readonly [name: string]: Value };

/** Characters of a wrong value that a message shows. */
const SHOWN_CHARS = 500;
/** By their schemas: compiling one costs more than all else here. */
const validators = new WeakMap<JsonSchema, ValidateFunction<Value>>();

/** Compiles the schema of one param. Throws what ajv throws if it is no valid schema (such as a broken `pattern`). */
export function compileParam(schema: JsonSchema): ValidateFunction<Value> {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  // The definition's schema has checked the keywords; loading the meta-schema would take most of a check's time.
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictSchema: false,
    strictTypes: false,
    validateFormats: false,
    meta: false,
    validateSchema: false,
    code: { regExp: boundedPatterns },
  });
  // Ajv's own looks at every item for every other.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', compile: uniqueItems });
  const validate = ajv.compile<Value>(schema);
  validators.set(schema, validate);
  return validate;
}

function uniqueItems(isAsked: boolean): (items: readonly unknown[]) => boolean {
  return (items) => !isAsked || new Set(items.map((item) => canonical(item))).size === items.length;
}

/** A JSON value as a text in which the order of keys says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isFields(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .toSorted()
            .map((key) => [key, inner[key]]),
        )
      : inner,
  );
}

/** A command line's text as the schema wants it; left as a text where it is no such value, so that the check says so. */
export function coerceParam(schema: JsonSchema, text: string): Value {
  const { type } = schema;
  if (type === 'string' || type === undefined) return text;
  const trimmed = text.trim();
  if (type === 'boolean') return trimmed === 'true' ? true : trimmed === 'false' ? false : text;
  try {
    const value: Value = JSON.parse(trimmed);
    return value;
  } catch {
    return text;
  }
}

function problem(code: ProblemCode, name: string, message: string, advice: string): Problem {
  return { code, message, advice, file: PARAMS, path: name, line: 1, column: 1 };
}

/**
 * The params of a run. Problems: `PARAMS_NOT_MAP`, `UNKNOWN_PARAM`, `MISSING_PARAM`, `WRONG_PARAM`, `PAYLOAD_TOO_LARGE`; their `file` is
 * `params` and their `path` the param's name.
 *
 * @param given undefined or null = none.
 */
export function resolveParams(definition: Pick<Definition, 'params'>, given: unknown): Checked<Params> {
  const schemas = definition.params ?? {};
  const values = given ?? {};
  if (!isFields<Value>(values)) {
    const advice = 'Give a map of params, such as {"basePrompts": 60}.';
    return {
      ok: false,
      problems: [problem('PARAMS_NOT_MAP', '', 'The input of a run must be a map.', advice)],
    };
  }
  const problems = Object.keys(values)
    .filter((name) => !Object.hasOwn(schemas, name))
    .map((name) =>
      problem('UNKNOWN_PARAM', name, `There is no param '${name}'.`, didYouMean(name, Object.keys(schemas))),
    );
  const resolved: [string, Value][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const description = typeof schema['description'] === 'string' ? schema['description'] : '';
    const value: unknown = Object.hasOwn(values, name) ? values[name] : schema['default'];
    if (value === undefined) {
      problems.push(
        problem(
          'MISSING_PARAM',
          name,
          `The param '${name}' must be given.`,
          `Give '${name}'. ${description}`.trim(),
        ),
      );
      continue;
    }
    const validate = compileParam(schema);
    if (validate(value)) resolved.push([name, value]);
    else {
      const message = `The param '${name}' cannot be ${cutText(JSON.stringify(value), SHOWN_CHARS)}.`;
      problems.push(
        problem('WRONG_PARAM', name, message, `It ${sayErrors(validate.errors)}. ${description}`.trim()),
      );
    }
  }
  const params = Object.fromEntries(resolved);
  problems.push(...findSizeProblem(params));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: params, warnings: [] };
}

function findSizeProblem(params: Params): readonly Problem[] {
  try {
    assertFits('The params', JSON.stringify(params));
    return [];
  } catch (error) {
    if (!(error instanceof PayloadTooLarge)) throw error;
    return [problem(error.code, '', error.message, 'Give the path of a file instead.')];
  }
}
