/**
 * Evaluates an expression: walks its syntax tree, and counts every step and everything that is made with a meter, so that
 * none can take a worker's time or memory, however it is written. Pure; runs inside the workflow sandbox.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { referenceOf } from './references.ts';
import {
  entriesOf,
  fieldOf,
  isList,
  isMap,
  sizeOf,
  type Cel,
  type CelKey,
  type CelMap,
} from './cel-value.ts';
import { ExpressionError } from './expression-error.ts';
import { callFree, callMethod, type Tools } from './functions.ts';
import { Meter } from './meter.ts';
import { NoValue, calculate, compare, equal, int, isIn, oneKindOfNumber, typeName } from './operators.ts';
import { Patterns } from './regular-expressions.ts';

/** The macros that run an expression for every element of a list, or every key of a map. */
export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Errors that `||`, `&&`, `all` and `exists` do not pass over. */
const ALWAYS_FATAL: ReadonlySet<string> = new Set(['EXPRESSION_TOO_LARGE', 'VALUE_TOO_LARGE']);

/** What an error costs that is passed over. */
const STEPS_PER_ERROR = 200;

/** A variable of a loop, inside those around it. */
interface Variables {
  readonly name: string;
  readonly value: Cel;
  readonly outer: Variables | undefined;
}

/** The names that are no loops' variables. */
export interface Names {
  /** Undefined if there is no such name. */
  readonly valueOf: (name: string) => Cel | undefined;
  readonly known: readonly string[];
}

type Loop = ASTNode & { readonly op: 'rcall' };

export class Evaluation {
  readonly #source: string;
  readonly #names: Names;
  readonly #tools: Tools;
  readonly #saidFields = new WeakMap<CelMap, string>();

  constructor(source: string, names: Names, meter: Meter) {
    this.#source = source;
    this.#names = names;
    this.#tools = { meter, patterns: new Patterns() };
  }

  /** Throws `ExpressionError`. */
  run(node: ASTNode): Cel {
    return this.#run(node, undefined);
  }

  #run(node: ASTNode, variables: Variables | undefined): Cel {
    this.#tools.meter.step();
    try {
      return this.#valueOf(node, variables);
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      throw new ExpressionError(error.code, this.#source, error.message, node.start);
    }
  }

  #valueOf(node: ASTNode, variables: Variables | undefined): Cel {
    const { meter } = this.#tools;
    switch (node.op) {
      case 'value':
        return literal(node.args);
      case 'id':
        return this.#variable(node.args, variables);
      case '.':
        return this.#field(this.#run(node.args[0], variables), node.args[1], node.args[0]);
      case '[]':
        return this.#field(
          this.#run(node.args[0], variables),
          this.#run(node.args[1], variables),
          node.args[0],
        );
      case 'list':
        meter.elements(node.args.length);
        return oneKindOfNumber(node.args.map((item) => this.#run(item, variables)));
      case 'map':
        return this.#map(node.args, variables);
      case '?:':
        return this.#run(this.#bool(node.args[0], variables) ? node.args[1] : node.args[2], variables);
      case '&&':
      case '||':
        return this.#either(node.args, node.op === '||', variables);
      case '!_':
        return !this.#bool(node.args, variables, '!');
      case '-_':
        return negative(this.#run(node.args, variables));
      case 'call':
        return this.#call(node.args[0], node.args[1], variables);
      case 'rcall':
        return isLoop(node) ? this.#loop(node, variables) : this.#method(node.args, variables);
      case '.?':
      case '[?]':
        throw new NoValue('EXPRESSION_SYNTAX', 'there are no optional values');
      case '!=':
      case '==':
      case 'in':
      case '<':
      case '<=':
      case '>':
      case '>=':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        break;
    }
    const [left, right] = [this.#run(node.args[0], variables), this.#run(node.args[1], variables)];
    return binary(node.op, left, right, meter);
  }

  #variable(name: string, variables: Variables | undefined): Cel {
    for (let found = variables; found !== undefined; found = found.outer)
      if (found.name === name) return found.value;
    const value = this.#names.valueOf(name);
    if (value !== undefined) return value;
    throw new NoValue('UNKNOWN_NAME', `Unknown variable: ${name}; there are ${this.#names.known.join(', ')}`);
  }

  /** @param node what the owner is the value of. */
  #field(owner: Cel, key: Cel, node: ASTNode): Cel {
    if (isList(owner)) {
      const index = typeof key === 'bigint' ? Number(key) : key;
      if (typeof index !== 'number' || !Number.isInteger(index))
        throw new NoValue('EXPRESSION_TYPE', `the index of a list is a whole number, not ${sayKey(key)}`);
      const item = owner[index];
      if (item !== undefined) return item;
      throw new NoValue('EXPRESSION_FAILED', `there is no index ${index} in a list of ${owner.length}`);
    }
    const value = isMap(owner) ? fieldOf(owner, key) : undefined;
    if (value !== undefined) return value;
    const path = referenceOf(node, this.#source)?.names.join('.');
    const subject = path === undefined ? `a value of type ${typeName(owner)}` : `'${path}'`;
    throw new NoValue(
      'MISSING_FIELD',
      `${subject} has no field ${sayKey(key)}; it has ${this.#sayFields(owner)}`,
    );
  }

  /** Found once for each map: a loop may miss a field of a large one in every element. */
  #sayFields(owner: Cel): string {
    if (!isMap(owner)) return 'none';
    const said = this.#saidFields.get(owner) ?? sayFields(owner);
    this.#saidFields.set(owner, said);
    return said;
  }

  #map(entries: readonly (readonly [ASTNode, ASTNode])[], variables: Variables | undefined): Cel {
    this.#tools.meter.elements(entries.length);
    const map = new Map<CelKey, Cel>();
    for (const [keyNode, valueNode] of entries) {
      const found = this.#run(keyNode, variables);
      const key = typeof found === 'number' && Number.isSafeInteger(found) ? BigInt(found) : found;
      if (typeof key !== 'string' && typeof key !== 'bigint' && typeof key !== 'boolean')
        throw new NoValue(
          'EXPRESSION_TYPE',
          `a key of a map is a text, an int or a bool, not ${sayKey(key)}`,
        );
      if (map.has(key))
        throw new NoValue('EXPRESSION_FAILED', `the key ${sayKey(key)} stands twice in a map`);
      map.set(key, this.#run(valueNode, variables));
    }
    return map;
  }

  /** `&&` and `||` are decided by either side: a side that fails counts only if the other one does not decide. */
  #either(
    [left, right]: readonly [ASTNode, ASTNode],
    decides: boolean,
    variables: Variables | undefined,
  ): boolean {
    const first = this.#try(() => this.#bool(left, variables, 'a logical operator'));
    if (first === decides) return decides;
    const second = this.#bool(right, variables, 'a logical operator');
    if (second === decides) return decides;
    if (first instanceof ExpressionError) throw first;
    return second;
  }

  #try<T>(evaluate: () => T): T | ExpressionError {
    try {
      return evaluate();
    } catch (error) {
      if (!(error instanceof ExpressionError) || ALWAYS_FATAL.has(error.code)) throw error;
      this.#tools.meter.step(STEPS_PER_ERROR);
      return error;
    }
  }

  #bool(node: ASTNode, variables: Variables | undefined, what = 'a condition'): boolean {
    const value = this.#run(node, variables);
    if (typeof value === 'boolean') return value;
    const reason = `${what} needs true or false, not a value of type ${typeName(value)}`;
    throw new ExpressionError('EXPRESSION_TYPE', this.#source, reason, node.start);
  }

  #call(name: string, args: readonly ASTNode[], variables: Variables | undefined): Cel {
    if (name === 'has') return this.#has(args[0], variables);
    return callFree(
      name,
      args.map((arg) => this.#run(arg, variables)),
      this.#tools,
    );
  }

  #has(node: ASTNode | undefined, variables: Variables | undefined): boolean {
    if (node?.op !== '.')
      throw new NoValue('EXPRESSION_SYNTAX', 'has() takes a field, such as has(params.x)');
    const owner = this.#run(node.args[0], variables);
    return isMap(owner) && fieldOf(owner, node.args[1]) !== undefined;
  }

  #method([name, receiver, args]: Loop['args'], variables: Variables | undefined): Cel {
    const value = this.#run(receiver, variables);
    return callMethod(
      name,
      value,
      args.map((arg) => this.#run(arg, variables)),
      this.#tools,
    );
  }

  #loop({ args: [macro, receiver, args] }: Loop, variables: Variables | undefined): Cel {
    const [variable, ...bodies] = args;
    const items = this.#items(this.#run(receiver, variables));
    const [first, second] = bodies;
    if (variable?.op !== 'id' || first === undefined)
      throw new NoValue('EXPRESSION_SYNTAX', `${macro}(x, …) lacks its parts`);
    const inside = (value: Cel): Variables => ({ name: variable.args, value, outer: variables });
    if (macro === 'all' || macro === 'exists')
      return this.#quantify(items, macro === 'exists', first, inside);
    const isWanted = (item: Cel): boolean => this.#bool(first, inside(item));
    if (macro === 'exists_one')
      return items.reduce((count: number, item) => count + Number(isWanted(item)), 0) === 1;
    const { meter } = this.#tools;
    const made: Cel[] = [];
    for (const item of items) {
      if ((macro === 'filter' || second !== undefined) && !isWanted(item)) continue;
      meter.elements(1);
      made.push(macro === 'filter' ? item : this.#run(second ?? first, inside(item)));
    }
    return made;
  }

  #quantify(
    items: readonly Cel[],
    decides: boolean,
    node: ASTNode,
    inside: (value: Cel) => Variables,
  ): boolean {
    let failure: ExpressionError | undefined;
    for (const item of items) {
      const found = this.#try(() => this.#bool(node, inside(item)));
      if (found === decides) return decides;
      if (found instanceof ExpressionError) failure ??= found;
    }
    if (failure !== undefined) throw failure;
    return !decides;
  }

  #items(value: Cel): readonly Cel[] {
    if (isList(value)) return value;
    if (!isMap(value))
      throw new NoValue('EXPRESSION_TYPE', `a loop needs a list or a map, not a ${typeName(value)}`);
    this.#tools.meter.fields(sizeOf(value));
    this.#tools.meter.elements(sizeOf(value));
    return entriesOf(value).map(([key]) => key);
  }
}

function isLoop(node: Loop): boolean {
  const [name, , args] = node.args;
  return (
    LOOPS.has(name) && args[0]?.op === 'id' && (args.length === 2 || (args.length === 3 && name === 'map'))
  );
}

function literal(value: unknown): Cel {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  // Its sign may stand before it.
  if (typeof value === 'bigint') return value === 2n ** 63n ? value : int(value);
  throw new NoValue('EXPRESSION_VALUE', 'there are neither bytes nor unsigned numbers: JSON has none');
}

function negative(value: Cel): Cel {
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return int(-value);
  throw new NoValue('EXPRESSION_TYPE', `no such overload: -${typeName(value)}`);
}

function binary(operator: string, left: Cel, right: Cel, meter: Meter): Cel {
  if (operator === '==') return equal(left, right, meter);
  if (operator === '!=') return !equal(left, right, meter);
  if (operator === 'in') return isIn(left, right, meter);
  if (operator.startsWith('<') || operator.startsWith('>')) return compare(operator, left, right, meter);
  return calculate(operator, left, right, meter);
}

function sayFields(owner: CelMap): string {
  const keys = entriesOf(owner).map(([key]) => String(key));
  return keys.length === 0 ? 'none' : keys.slice(0, 20).join(', ');
}

function sayKey(key: Cel): string {
  return typeof key === 'string'
    ? `'${key.slice(0, 80)}'`
    : typeof key === 'object'
      ? `a ${typeName(key)}`
      : String(key);
}
