/** JSON Schema over a document: every violation as one problem at the very key or value that is wrong. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Finding, SourceDocument } from './document.ts';
import type { Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { KIND_KEYS } from '../model/task-kind.ts';
import { foreignValue } from './foreign-words.ts';
import { isFields, textsOf } from './fields.ts';
import type { Problem } from './problem.ts';
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

interface Located {
  readonly finding: Finding;
  readonly path: Path;
  readonly place: 'key' | 'value';
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
function locate(error: ErrorObject, root: Value): Located | undefined {
  const path = pathOf(error.instancePath, root);
  const what =
    path.length === 0
      ? 'The document'
      : `'${String(path.findLast((step) => typeof step === 'string') ?? path.at(-1))}'`;
  const schema: JsonSchema = error.parentSchema ?? {};
  const params: { readonly [name: string]: unknown } = error.params;
  const at = (code: string, message: string, advice: string): Located => ({
    finding: { code, message, advice },
    path,
    place: 'value',
  });
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const known = Object.keys(propertiesOf(schema)).filter(
        (name) => !isFields(error.data) || !Object.hasOwn(error.data, name),
      );
      const message = `Unknown key '${key}'.`;
      return {
        finding: { code: 'UNKNOWN_KEY', message, advice: adviseOnKey(key, known, error.data) },
        path: [...path, key],
        place: 'key',
      };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      const hint = propertiesOf(schema)[key];
      const description = typeof hint?.['description'] === 'string' ? ` ${hint['description']}` : '';
      const found = at('MISSING_KEY', `${what} has no '${key}'.`, `Add '${key}'.${description}`);
      return { ...found, place: path.length === 0 ? 'value' : 'key' };
    }
    case 'dependentRequired': {
      const key = String(params['property']);
      const finding = {
        code: 'UNKNOWN_KEY',
        message: `'${key}' goes with '${String(params['deps'])}', which is not there.`,
        advice: `Remove '${key}', or add '${String(params['deps'])}'.`,
      };
      return { finding, path: [...path, key], place: 'key' };
    }
    case 'type':
      return at(
        'WRONG_TYPE',
        `${what} must be ${sayTypes(params['type'])}, not ${show(error.data)}.`,
        adviseOnType(params['type'], error.data, schema),
      );
    case 'enum': {
      const allowed = textsOf(params['allowedValues']);
      return at(
        'WRONG_VALUE',
        `${what} cannot be ${show(error.data)}.`,
        foreignValue(String(error.data), allowed) ?? didYouMean(String(error.data), allowed),
      );
    }
    case 'const':
      return at(
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
        return at(code, `${what} cannot be ${show(error.data)}.`, describePattern(schema));
      const finding = {
        code,
        message: `'${error.propertyName}' is no name.`,
        advice: `${describePattern(schema)}${camelCased(error.propertyName, schema)}`,
      };
      return { finding, path: [...path, error.propertyName], place: 'key' };
    }
    case 'uniqueItems':
      return at(
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
        return at('OUT_OF_RANGE', `${what} is ${show(error.data)}.`, `It must ${limit.replace('#', bound)}.`);
      }
      return at('WRONG_VALUE', `${what} ${error.message ?? 'is wrong'}.`, 'See the schema beside the file.');
    }
  }
}

/** The one choice in our schemas: the kind of a task. */
function taskKind(task: { readonly [key: string]: unknown }, path: Path): Located {
  const [, second] = KIND_KEYS.filter((kind) => Object.hasOwn(task, kind));
  const kinds = KIND_KEYS.map((kind) => `'${kind}'`).join(', ');
  const name = String(path.at(-1));
  const message = `Task '${name}' has ${second === undefined ? 'none' : 'more than one'} of ${kinds}.`;
  const advice =
    second === undefined
      ? "Add 'activity: <name>', or another of them."
      : 'Keep one: it says what the task is.';
  return {
    finding: { code: 'TASK_KIND', message, advice },
    path: second === undefined ? path : [...path, second],
    place: 'key',
  };
}

/** Every way in which the document violates the schema. */
export function checkSchema(document: SourceDocument, validate: ValidateFunction): readonly Problem[] {
  if (validate(document.value)) return [];
  const errors = validate.errors ?? [];
  const undecided = new Set(
    errors.filter(({ keyword }) => keyword === 'oneOf').map(({ instancePath }) => instancePath),
  );
  return (
    errors
      // What the branches of a choice say is noise; the choice itself says it in one message.
      .filter(({ schemaPath }) => !/\/(oneOf|anyOf)\/\d+\//.test(schemaPath))
      .filter(({ keyword, instancePath }) => keyword !== 'dependentRequired' || !undecided.has(instancePath))
      .map((error) => locate(error, document.value))
      .filter((located) => located !== undefined)
      .map(({ finding, path, place }) => document.problem(finding, path, place))
  );
}
