/** Checks a task's `with` against what its activity takes, as far as it can be known before a run. */
import { Ajv2020, type SchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { hasExpression, type Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { boundedPatterns } from '../documents/bounded-patterns.ts';
import { isFields } from '../documents/fields.ts';
import type { Found } from '../documents/problem.ts';
import { sayErrors } from '../documents/say-errors.ts';
import {
  isClosed,
  itemsOf,
  propertiesOf,
  requiredOf,
  typeOf,
  whyNotAssignable,
} from '../documents/schema-types.ts';
import type { ActivityContract, Definition, JsonSchema, Value } from '../model/types.ts';
import type { ValueChecker } from '../typing/value-checker.ts';

type Input = { readonly [key: string]: Value };

/** By the schema of a field: compiling one costs more than all other checks of a task. */
const validators = new WeakMap<JsonSchema, ValidateFunction>();

function validatorOf(schema: JsonSchema, { kind, input: root }: Taker): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const definitions = root['$defs'] === undefined ? {} : { $defs: root['$defs'] };
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    meta: false,
    validateSchema: false,
    // The schemas of activities are code, which is trusted.
    ...(kind === 'workflow' && { code: { regExp: boundedPatterns } }),
  });
  const validate = ajv.compile({ ...schema, ...definitions } as SchemaObject);
  validators.set(schema, validate);
  return validate;
}

function whyNotValid(value: Value, schema: JsonSchema, taker: Taker): string | undefined {
  const validate = validatorOf(schema, taker);
  return validate(value) ? undefined : `it ${sayErrors(validate.errors)}`;
}

/** What takes an input: an activity, or a definition that a task runs. */
export interface Taker extends Pick<ActivityContract, 'name' | 'input'> {
  readonly kind: 'activity' | 'workflow';
}

/** A definition as it takes its params. */
export function takerOf(name: string, { params = {} }: Pick<Definition, 'params'>): Taker {
  const required = Object.keys(params).filter((param) => params[param]?.['default'] === undefined);
  const input = { type: 'object', additionalProperties: false, properties: params, required };
  return { kind: 'workflow', name, input };
}

/** Checks one `with`; `path` is the task's. Problems `MISSING_INPUT`, `UNKNOWN_INPUT`, `WRONG_INPUT_TYPE` and those of expressions. */
export class InputCheck {
  readonly #contract: Taker;
  readonly #checker: ValueChecker;
  readonly #found: Found[];

  constructor(contract: Taker, checker: ValueChecker, found: Found[]) {
    this.#contract = contract;
    this.#checker = checker;
    this.#found = found;
  }

  check(input: Input | undefined, path: Path): void {
    const { kind, name, input: schema } = this.#contract;
    this.#checkObject(
      input ?? {},
      schema,
      input === undefined ? [...path, kind] : [...path, 'with'],
      `${kind === 'activity' ? 'Activity' : 'Definition'} '${name}'`,
    );
  }

  #checkObject(input: Input, schema: JsonSchema, path: Path, owner: string): void {
    const fields = propertiesOf(schema);
    for (const key of requiredOf(schema)) {
      if (Object.hasOwn(input, key)) continue;
      const description = fields[key]?.['description'];
      const advice = `Add '${key}'.${typeof description === 'string' ? ` ${description}` : ''}`;
      const place = path.at(-1) === this.#contract.kind ? 'value' : 'key';
      this.#found.push({
        code: 'MISSING_INPUT',
        message: `${owner} needs '${key}'.`,
        advice,
        at: path,
        place,
      });
    }
    for (const [key, value] of Object.entries(input)) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field !== undefined) this.#checkField(value, field, [...path, key], key);
      else {
        this.#checker.check(value, [...path, key]);
        if (!isClosed(schema)) continue;
        const unused = Object.keys(fields).filter((known) => !Object.hasOwn(input, known));
        const message = `${owner} takes no '${key}'.`;
        const advice = didYouMean(key, unused);
        this.#found.push({ code: 'UNKNOWN_INPUT', message, advice, at: [...path, key], place: 'key' });
      }
    }
  }

  #checkField(value: Value, schema: JsonSchema, path: Path, key: string): void {
    if (!hasExpression(value)) {
      const reason = whyNotValid(value, schema, this.#contract);
      if (reason !== undefined) this.#reportType(key, reason, path, schema);
    } else if (Array.isArray(value) && typeOf(schema) === 'array') {
      for (const [index, item] of value.entries())
        this.#checkField(item, itemsOf(schema), [...path, index], key);
    } else if (isFields<Value>(value) && typeOf(schema) === 'object') {
      this.#checkObject(value, schema, path, `'${key}'`);
    } else {
      const given = this.#checker.check(value, path);
      const reason = given === undefined ? undefined : whyNotAssignable(given, schema);
      if (reason !== undefined) this.#reportType(key, reason, path, schema);
    }
  }

  #reportType(key: string, reason: string, path: Path, { description }: JsonSchema): void {
    const message = `'${key}' is not what ${this.#contract.kind} '${this.#contract.name}' takes: ${reason}.`;
    const advice =
      typeof description === 'string'
        ? `What is taken: ${description}`
        : 'Give a value of the type that is taken.';
    this.#found.push({ code: 'WRONG_INPUT_TYPE', message, advice, at: path });
  }
}
