/**
 * Expressions of definitions: CEL between `${` and `}`. A string that is one expression keeps the expression's type; inside
 * a text the value is rendered (text as it is, lists and maps as JSON); `$${` stands for `${`.
 *
 * Pure and bounded (no clock, no randomness, no I/O); runs inside the workflow sandbox. The same value and bindings give
 * the same result or the same error every time. Expressions are taken from the definition only: a text that comes out of
 * an expression is never evaluated again.
 */
import { EvaluationError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { MAX_RANGE, compile, referenceOf, type CompiledExpression } from './cel.ts';
import { fromCel, toCel } from './cel-value.ts';
import { ExpressionError, type ExpressionErrorCode } from './expression-error.ts';
import { parseTemplate } from './template.ts';
import type { Value } from '../model/types.ts';

export { ExpressionError, type ExpressionErrorCode } from './expression-error.ts';
export { parseTemplate } from './template.ts';

/** What names in expressions stand for: `params`, `tasks`, `run` and the items of enclosing `forEach`s. */
export type Bindings = { readonly [name: string]: Value };

/** Most turns of nested loops, by the longest list in reach to the power of the nesting. */
const MAX_TURNS = 10_000_000;

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
function contextOf({ fields }: CompiledExpression, bindings: Bindings): Record<string, unknown> {
  const context: Record<string, unknown> = Object.create(null);
  for (const [root, mentioned] of fields) {
    const value = fieldOf(bindings, root);
    if (value === undefined) continue;
    context[root] = mentioned === undefined || !isMap(value) ? toCel(value) : partOf(value, mentioned);
  }
  return context;
}

function partOf(
  value: { readonly [key: string]: Value },
  mentioned: ReadonlySet<string>,
): Map<string, unknown> {
  const part = new Map<string, unknown>();
  for (const name of mentioned) {
    const field = fieldOf(value, name);
    if (field !== undefined) part.set(name, toCel(field));
  }
  return part;
}

function longestList(value: unknown): number {
  if (value instanceof Map) return Math.max(value.size, ...[...value.values()].map(longestList));
  return Array.isArray(value)
    ? value.reduce<number>((most, item) => Math.max(most, longestList(item)), value.length)
    : 0;
}

/** Refuses nested loops that could run for minutes: the workflow sandbox ends an evaluation after five seconds. */
function assertBounded({ source, loops }: CompiledExpression, context: Record<string, unknown>): void {
  if (loops < 2) return;
  const ranges = [...source.matchAll(/\brange\s*\(([^)]*)/g)].map(([, args]) => {
    const sizes = (args ?? '').split(',').map(Number);
    return sizes.every(Number.isFinite) ? Math.max(...sizes) : MAX_RANGE;
  });
  const longest = Math.max(...ranges, ...Object.values(context).map(longestList), 1);
  if (longest ** loops > MAX_TURNS) {
    const reason = `it loops over up to ${longest} items ${loops} levels deep; ${MAX_TURNS} turns are the most`;
    throw new ExpressionError('EXPRESSION_TOO_LARGE', source, reason);
  }
}

/** Names the fields there are, where the text tells whose field is missing. */
function missingField(
  error: EvaluationError | CelTypeError,
  source: string,
  bindings: Bindings,
): ExpressionError {
  const offset = error.range?.start ?? 0;
  const path = error.node === undefined ? [] : (referenceOf(error.node, source)?.names ?? []);
  let owner: Value | undefined = fieldOf(bindings, path[0] ?? '');
  for (const [index, step] of path.entries()) {
    if (index === 0) continue;
    const next = fieldOf(owner, step);
    if (next === undefined && isMap(owner)) {
      const keys = Object.keys(owner).slice(0, 20).join(', ');
      const reason = `'${path.slice(0, index).join('.')}' has no field '${step}'; it has ${keys === '' ? 'none' : keys}`;
      return new ExpressionError('MISSING_FIELD', source, reason, offset);
    }
    owner = next;
  }
  return new ExpressionError('MISSING_FIELD', source, error.summary, offset);
}

const TYPE_ERRORS = /overload|type|operand|condition|comprehension|incompatible|heterogeneous/;

function explain(error: unknown, source: string, bindings: Bindings): ExpressionError {
  if (error instanceof ExpressionError) return error;
  if (error instanceof EvaluationError || error instanceof CelTypeError) {
    const offset = error.range?.start ?? 0;
    if (error.code === 'no_such_key' || error.code === 'index_out_of_range')
      return missingField(error, source, bindings);
    if (error.code === 'unknown_variable') {
      const known = Object.keys(bindings).join(', ');
      return new ExpressionError('UNKNOWN_NAME', source, `${error.summary}; there are ${known}`, offset);
    }
    const code: ExpressionErrorCode = TYPE_ERRORS.test(error.code) ? 'EXPRESSION_TYPE' : 'EXPRESSION_FAILED';
    return new ExpressionError(code, source, error.summary, offset);
  }
  return new ExpressionError(
    'EXPRESSION_FAILED',
    source,
    error instanceof Error ? error.message : String(error),
  );
}

function run(source: string, bindings: Bindings): Value {
  const compiled = compile(source);
  try {
    const context = contextOf(compiled, bindings);
    assertBounded(compiled, context);
    return fromCel(compiled.program(context), source);
  } catch (error) {
    throw explain(error, source, bindings);
  }
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
