/**
 * Expressions of definitions: CEL between `${` and `}`. A string that is one expression keeps the expression's type; inside
 * a text the value is rendered (text as it is, lists and maps as JSON); `$${` stands for `${`.
 *
 * Pure and bounded (no clock, no randomness, no I/O); runs inside the workflow sandbox. The same value and bindings give
 * the same result or the same error every time. Expressions are taken from the definition only: a text that comes out of
 * an expression is never evaluated again.
 */
import { compile, type CompiledExpression } from './cel.ts';
import { fromCel, withWholeNumbersAsInts, type Cel } from './cel-value.ts';
import { Evaluation, type Names } from './evaluation.ts';
import { ExpressionError } from './expression-error.ts';
import { Meter } from './meter.ts';
import { parseTemplate } from './template.ts';
import type { Value } from '../model/types.ts';

export { ExpressionError, type ExpressionErrorCode } from './expression-error.ts';
export { parseTemplate } from './template.ts';

type Values = { readonly [name: string]: Value };

/** What names in expressions stand for: `params`, `tasks`, `run` and the items of enclosing `forEach`s. */
export type Bindings =
  | { readonly values: { readonly [name: string]: Cel } }
  /** Of a run that an earlier version has begun, to which every whole number was an int. */
  | { readonly wholeNumbersAreInts: Values };

/** What an expression mentions; variables of its own loops are left out. */
export interface References {
  /** The `x` of every `params.x`. */
  readonly params: ReadonlySet<string>;
  /** The `y` of every `tasks.y`. */
  readonly tasks: ReadonlySet<string>;
  /** Every other name, and `params` or `tasks` where all of them are meant. */
  readonly names: ReadonlySet<string>;
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Only what the expression mentions: converting every task's value for every item of a large `forEach` would be slow. */
function namesOf({ fields }: CompiledExpression, bindings: Bindings): Names {
  if ('values' in bindings) {
    const { values } = bindings;
    return {
      valueOf: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
      known: Object.keys(values),
    };
  }
  const { wholeNumbersAreInts: values } = bindings;
  const names = new Map<string, Cel>();
  for (const [root, mentioned] of fields) {
    const value = fieldOf(values, root);
    if (value === undefined) continue;
    names.set(
      root,
      withWholeNumbersAsInts(mentioned === undefined || !isMap(value) ? value : partOf(value, mentioned)),
    );
  }
  return { valueOf: (name) => names.get(name), known: Object.keys(values) };
}

function partOf(value: Values, mentioned: ReadonlySet<string>): Values {
  const part: [string, Value][] = [];
  for (const name of mentioned) {
    const field = fieldOf(value, name);
    if (field !== undefined) part.push([name, field]);
  }
  return Object.fromEntries(part);
}

function run(source: string, bindings: Bindings): Value {
  const compiled = compile(source);
  const meter = new Meter(source);
  return fromCel(new Evaluation(source, namesOf(compiled, bindings), meter).run(compiled.ast), source, meter);
}

function render(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function evaluateText(text: string, bindings: Bindings): Value {
  const parts = parseTemplate(text);
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'expression') return run(first.source, bindings);
  return parts
    .map((part) => (part.kind === 'text' ? part.text : render(run(part.source, bindings))))
    .join('');
}

/**
 * The value with every expression in it, at any depth, replaced by what it is worth. Keys of objects are taken as they are.
 * Throws `ExpressionError`; a missing field is an error, never null.
 */
export function evaluate(value: Value, bindings: Bindings): Value {
  if (typeof value === 'string') return evaluateText(value, bindings);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Value) => evaluate(item, bindings));
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, evaluate(field, bindings)]));
}

/** The CEL text of a condition, which may be written with or without `${ }` around it. */
export function conditionSource(text: string): string {
  const parts = parseTemplate(text);
  const [first] = parts;
  if (parts.length === 1 && first?.kind === 'expression') return first.source;
  if (parts.every((part) => part.kind === 'text')) return text;
  throw new ExpressionError(
    'EXPRESSION_SYNTAX',
    text,
    'a condition is one expression, not a text with expressions in it',
  );
}

/** The truth of a condition. Throws `ExpressionError`, also (`EXPRESSION_TYPE`) if its value is no bool. */
export function evaluateCondition(text: string, bindings: Bindings): boolean {
  const source = conditionSource(text);
  const value = run(source, bindings);
  if (typeof value === 'boolean') return value;
  const found = render(value).slice(0, 80);
  throw new ExpressionError('EXPRESSION_TYPE', source, `a condition must be true or false, not ${found}`);
}

/** What the expressions in a value, at any depth, mention. Throws `ExpressionError` for one that cannot be parsed. */
export function references(value: Value): References {
  const found = { params: new Set<string>(), tasks: new Set<string>(), names: new Set<string>() };
  function visit(part: Value): void {
    if (typeof part === 'string') {
      for (const piece of parseTemplate(part)) {
        if (piece.kind === 'text') continue;
        for (const { names } of compile(piece.source).references) {
          const [root = '', member] = names;
          if ((root === 'params' || root === 'tasks') && member !== undefined) found[root].add(member);
          else found.names.add(root);
        }
      }
    } else if (typeof part === 'object' && part !== null)
      for (const inner of Object.values(part)) visit(inner);
  }
  visit(value);
  return found;
}
