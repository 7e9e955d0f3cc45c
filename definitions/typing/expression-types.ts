/** The type of an expression before any run: CEL's own type checker, told what the schemas say. */
import type { Environment } from '@marcbachmann/cel-js';
import { compile, typedEnvironment } from '../expressions/cel.ts';
import { checkReference } from './check-references.ts';
import { UNKNOWN, isClosed, itemsOf, propertiesOf, typeOf } from '../documents/schema-types.ts';
import type { StaticScope } from './static-scope.ts';
import type { JsonSchema } from '../model/types.ts';

/** What makes an expression fail whatever the values are. */
export interface TypeMistake {
  readonly code: 'EXPRESSION_TYPE' | 'UNKNOWN_FIELD';
  readonly reason: string;
  readonly offset: number;
}

const SCALARS: { readonly [type: string]: string } = { integer: 'int', string: 'string', boolean: 'bool' };
const SCHEMAS: { readonly [type: string]: JsonSchema } = {
  int: { type: 'integer' },
  double: { type: 'number' },
  string: { type: 'string' },
  bool: { type: 'boolean' },
  null: { type: 'null' },
  list: { type: 'array' },
  map: { type: 'object' },
};
/** Larger objects, and further ones, are maps to the checker of types. */
const MAX_FIELDS = 100;
const MAX_OBJECTS = 200;
/** Mistakes whatever the values; the checker's other complaints may be about what cannot be known yet. */
const CERTAIN =
  /^(no_such_overload|no_matching_overload|invalid_condition_type|invalid_logical_operand|invalid_comprehension_range)$/;

/**
 * The type of what is divided is known only where the numbers are of params: those of tasks are doubles when a run evaluates
 * them, also where their schemas say integer.
 */
function divided(source: string, type: string): string {
  const { divides, references } = compile(source);
  const isOfParams = references.every(({ names: [root] }) => root === 'params');
  return divides && !isOfParams ? type.replaceAll(/\bint\b/g, 'dyn') : type;
}

/** What expressions at one place of a definition are worth. */
export class ExpressionTypes {
  readonly #scope: StaticScope;

  constructor(scope: StaticScope) {
    this.#scope = scope;
  }

  /** The schema of an expression's value as far as it can be known, or the mistake that keeps it from having any. */
  infer(source: string): { readonly schema: JsonSchema } | { readonly mistake: TypeMistake } {
    const { references, fields } = compile(source);
    const [reference, ...others] = references;
    // Most expressions are nothing but a reference, whose schema says all.
    if (reference?.whole === true && others.length === 0) {
      const checked = checkReference(reference, this.#scope);
      if ('schema' in checked) return checked;
    }
    const names = new TypeNames();
    for (const [root, mentioned] of fields) {
      const schema = this.#schemaOfRoot(root, mentioned);
      if (schema !== undefined) names.declare(root, schema);
    }
    return names.infer(source);
  }

  /** Of params and tasks only what is mentioned: there may be thousands. */
  #schemaOfRoot(root: string, mentioned: ReadonlySet<string> | undefined): JsonSchema | undefined {
    const { params, tasks, names } = this.#scope;
    if (root === 'errors') return { type: 'object' };
    if (root !== 'params' && root !== 'tasks') return Object.hasOwn(names, root) ? names[root] : undefined;
    if (mentioned === undefined) return UNKNOWN;
    const properties = [...mentioned].flatMap((name): [string, JsonSchema][] => {
      const found =
        root === 'tasks' ? tasks.get(name) : Object.hasOwn(params, name) ? params[name] : undefined;
      return found === undefined || found === 'notNeeded' ? [] : [[name, found]];
    });
    return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
  }
}

/** The names of one expression, declared to CEL's checker. */
class TypeNames {
  readonly #environment: Environment = typedEnvironment();
  /** Closed objects by the name of the CEL type made for them. */
  readonly #objects = new Map<string, JsonSchema>();

  declare(name: string, schema: JsonSchema): void {
    this.#environment.registerVariable(name, this.#typeName(schema));
  }

  #typeName(schema: JsonSchema): string {
    const type = typeOf(schema) ?? '';
    const scalar = SCALARS[type];
    if (scalar !== undefined) return scalar;
    if (type === 'array') return `list<${this.#typeName(itemsOf(schema))}>`;
    if (type !== 'object') return 'dyn';
    const entries = Object.entries(propertiesOf(schema));
    const isTyped = isClosed(schema) && entries.length <= MAX_FIELDS && this.#objects.size < MAX_OBJECTS;
    if (!isTyped || !entries.every(([key]) => /^[A-Za-z]\w*$/.test(key))) return 'map<string, dyn>';
    const name = `Object${this.#objects.size}`;
    this.#objects.set(name, schema);
    const fields = Object.fromEntries(entries.map(([key, field]) => [key, this.#typeName(field)]));
    this.#environment.registerType(name, { fields });
    return name;
  }

  #schema(type: string): JsonSchema {
    const items = /^list<(.*)>$/.exec(type)?.[1];
    if (items !== undefined) return { type: 'array', items: this.#schema(items) };
    if (type.startsWith('map<')) return { type: 'object' };
    return this.#objects.get(type) ?? SCHEMAS[type] ?? UNKNOWN;
  }

  infer(source: string): { readonly schema: JsonSchema } | { readonly mistake: TypeMistake } {
    const { valid, type, error } = this.#environment.check(source);
    if (valid) return { schema: this.#schema(divided(source, type ?? 'dyn')) };
    const reason = error?.summary ?? '';
    const offset = error?.range?.start ?? 0;
    if (error?.code === 'no_such_key') return { mistake: { code: 'UNKNOWN_FIELD', reason, offset } };
    // Our own types stand for maps, on which more is allowed at run time than the checker knows.
    const certain = CERTAIN.test(error?.code ?? '') && !/Object\d|map</.test(reason);
    return certain ? { mistake: { code: 'EXPRESSION_TYPE', reason, offset } } : { schema: UNKNOWN };
  }
}
