/** JSON Schema over a document: every violation as one problem at the very key or value that is wrong. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { KIND_KEYS } from '../model/task-kind.ts';
import { foreignValue } from './foreign-words.ts';
import { isFields, textsOf } from './fields.ts';
import type { Finding, Found } from './problem.ts';
import { adviseOnKey, adviseOnType, camelCased, describePattern, sayTypes, show } from './schema-advice.ts';
import { propertiesOf } from './schema-types.ts';
import type { JsonSchema, Value } from '../model/types.ts';

/** Compiles a schema of the project's own, in which an unknown keyword is a mistake. Throws if the schema is wrong. */
export function compileSchema<T>(schema: JsonSchema): ValidateFunction<T> {
  const options = {
    allErrors: true,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  };
  return new Ajv2020(options).compile<T>(schema);
}

/** Steps of a JSON Pointer; steps into lists become numbers. */
function pathOf(pointer: string, root: Value): Path {
  let owner: unknown = root;
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.map((text) => {
    const step = Array.isArray(owner) ? Number(text) : text;
    owner = Array.isArray(owner) ? owner[Number(text)] : isFields(owner) ? owner[text] : undefined;
    return step;
  });
}

/** What a bound asks for; # stands for the bound. */
const LIMITS: { readonly [keyword: string]: string } = {
  minimum: 'be at least #',
  maximum: 'be at most #',
  exclusiveMinimum: 'be more than #',
  exclusiveMaximum: 'be less than #',
  multipleOf: 'be a multiple of #',
  minLength: 'have # characters or more',
  maxLength: 'have # characters or fewer',
  minItems: 'have # items or more',
  maxItems: 'have # items or fewer',
  minProperties: 'have # entries or more',
  maxProperties: 'have # entries or fewer',
};

/** One ajv error as a problem; undefined if another error of the same place says it better. */
function locate(error: ErrorObject, root: Value): Found | undefined {
  const path = pathOf(error.instancePath, root);
  const what =
    path.length === 0
      ? 'The document'
      : `'${String(path.findLast((step) => typeof step === 'string') ?? path.at(-1))}'`;
  const schema: JsonSchema = error.parentSchema ?? {};
  const params: { readonly [name: string]: unknown } = error.params;
  const found = (code: Finding['code'], message: string, advice: string): Found => ({
    code,
    message,
    advice,
    at: path,
  });
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const known = Object.keys(propertiesOf(schema)).filter(
        (name) => !isFields(error.data) || !Object.hasOwn(error.data, name),
      );
      const message = `Unknown key '${key}'.`;
      const advice = adviseOnKey(key, known, error.data);
      return { code: 'UNKNOWN_KEY', message, advice, at: [...path, key], place: 'key' };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      const hint = propertiesOf(schema)[key];
      const description = typeof hint?.['description'] === 'string' ? ` ${hint['description']}` : '';
      const missing = found('MISSING_KEY', `${what} has no '${key}'.`, `Add '${key}'.${description}`);
      return { ...missing, place: path.length === 0 ? 'value' : 'key' };
    }
    case 'dependentRequired': {
      const key = String(params['property']);
      const owner = String(params['deps']);
      const message = `'${key}' goes with '${owner}', which is not there.`;
      const advice = `Remove '${key}', or add '${owner}'.`;
      return { code: 'UNKNOWN_KEY', message, advice, at: [...path, key], place: 'key' };
    }
    case 'type':
      return found(
        'WRONG_TYPE',
        `${what} must be ${sayTypes(params['type'])}, not ${show(error.data)}.`,
        adviseOnType(params['type'], error.data, schema),
      );
    case 'enum': {
      const allowed = textsOf(params['allowedValues']);
      return found(
        'WRONG_VALUE',
        `${what} cannot be ${show(error.data)}.`,
        foreignValue(String(error.data), allowed) ?? didYouMean(String(error.data), allowed),
      );
    }
    case 'const':
      return found(
        'WRONG_VALUE',
        `${what} must be ${show(params['allowedValue'])}, not ${show(error.data)}.`,
        `Write ${show(params['allowedValue'])}.`,
      );
    case 'pattern': {
      const code =
        schema['title'] === 'Duration'
          ? 'BAD_DURATION'
          : schema['title'] === 'Name'
            ? 'BAD_NAME'
            : 'WRONG_VALUE';
      if (error.propertyName === undefined)
        return found(code, `${what} cannot be ${show(error.data)}.`, describePattern(schema));
      const message = `'${error.propertyName.slice(0, 80)}' is no name.`;
      const advice = `${describePattern(schema)}${camelCased(error.propertyName, schema)}`;
      return { code, message, advice, at: [...path, error.propertyName], place: 'key' };
    }
    case 'uniqueItems':
      return found(
        'WRONG_VALUE',
        `${what} has ${show(Array.isArray(error.data) ? error.data[Number(params['i'])] : '')} twice.`,
        'Remove one of them.',
      );
    case 'propertyNames':
    case 'anyOf':
      return undefined;
    case 'oneOf':
      return isFields(error.data) ? taskKind(error.data, path) : undefined;
    default: {
      const limit = LIMITS[error.keyword];
      if (limit !== undefined) {
        const bound = String(params['limit'] ?? params['multipleOf']);
        return found(
          'OUT_OF_RANGE',
          `${what} is ${show(error.data)}.`,
          `It must ${limit.replace('#', bound)}.`,
        );
      }
      return found(
        'WRONG_VALUE',
        `${what} ${error.message ?? 'is wrong'}.`,
        'See the schema beside the file.',
      );
    }
  }
}

/** The one choice in our schemas: the kind of a task. */
function taskKind(task: { readonly [key: string]: unknown }, path: Path): Found {
  const [, second] = KIND_KEYS.filter((kind) => Object.hasOwn(task, kind));
  const kinds = KIND_KEYS.map((kind) => `'${kind}'`).join(', ');
  const name = String(path.at(-1));
  const message = `Task '${name}' has ${second === undefined ? 'none' : 'more than one'} of ${kinds}.`;
  const advice =
    second === undefined
      ? "Add 'activity: <name>', or another of them."
      : 'Keep one: it says what the task is.';
  const at = second === undefined ? path : [...path, second];
  return { code: 'TASK_KIND', message, advice, at, place: 'key' };
}

/** Every way in which a value violates the schema. */
export function* checkSchema(value: Value, validate: ValidateFunction): Generator<Found> {
  if (validate(value)) return;
  const errors = validate.errors ?? [];
  const undecided = new Set(
    errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath),
  );
  for (const error of errors) {
    // What the branches of a choice say is noise; the choice itself says it in one message.
    if (/\/(oneOf|anyOf)\/\d+\//.test(error.schemaPath)) continue;
    if (error.keyword === 'dependentRequired' && undecided.has(error.instancePath)) continue;
    const found = locate(error, value);
    if (found !== undefined) yield found;
  }
}
