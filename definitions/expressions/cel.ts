/**
 * CEL as definitions use it: numbers, texts, lists and maps of JSON; no clock, no bytes. What is here reads expressions;
 * evaluation.ts evaluates them. Pure; runs inside the workflow sandbox.
 */
import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { LOOPS } from './evaluation.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTION_NAMES } from './functions.ts';
import { nameOffset, referenceOf } from './references.ts';

const MAX_SOURCE = 4_000;
const MAX_NODES = 500;
const MAX_DEPTH = 40;
const MAX_CACHED = 1_000;

/**
 * What expressions may call. Of standard CEL these are not here: `type`, `bytes`, `uint`, times and durations, for which JSON
 * has no values.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set([...LOOPS, 'has', ...FUNCTION_NAMES]);

const ARITHMETIC = ['+', '-', '*', '/', '%'];
/** What the types of the package lack; it parses and tells types, and evaluates nothing. */
const SIGNATURES = [
  'range(int): list<int>',
  'range(int, int): list<int>',
  'matches(string, string): bool',
  'string.charAt(int): string',
  'string.replace(string, string): string',
  'string.replace(string, string, int): string',
  ...['distinct()', 'flatten()', 'flatten(int)', 'reverse()', 'slice(int, int)', 'sort()'].map(
    (method) => `list.${method}: list<dyn>`,
  ),
  ...['zip', 'cross'].flatMap((name) =>
    [2, 3, 4, 5, 6, 7, 8].map((count) => `${name}(${Array(count).fill('list').join(', ')}): list<list<dyn>>`),
  ),
];

/** A CEL environment in which JSON's one kind of number does not get in the way: int and double mix freely. */
function createEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH },
  });
  for (const operator of ARITHMETIC) {
    environment.registerOperator(`int ${operator} double: double`, notEvaluated);
    environment.registerOperator(`double ${operator} int: double`, notEvaluated);
  }
  environment.registerOperator('double % double: double', notEvaluated);
  environment.registerOperator('int == double', notEvaluated);
  for (const signature of SIGNATURES) environment.registerFunction(signature, notEvaluated);
  return environment;
}

function notEvaluated(): never {
  throw new Error('Expressions are evaluated by Evaluation.');
}

const environment = createEnvironment();

/** The same environment, to which types and variables may be added. */
export function typedEnvironment(): Environment {
  return environment.clone();
}

/** A name with the fields taken from it, as far as they stand in the text: `tasks.a.b[0].c` is `tasks`, `a`, `b`. */
export interface Reference {
  readonly names: readonly string[];
  /** For each name, where it begins in the expression (0-based character). */
  readonly offsets: readonly number[];
  /** Whether the reference is the whole expression, so that its type is the expression's. */
  readonly whole: boolean;
}

export interface CompiledExpression {
  readonly source: string;
  readonly ast: ASTNode;
  readonly references: readonly Reference[];
  /** For each name in the references, the fields that are taken of it; undefined = all of it is meant somewhere. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** Whether it divides somewhere. */
  readonly divides: boolean;
}

/** The nodes a node is made of. */
function partsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return [];
  if (node.op === '!_' || node.op === '-_') return [node.args];
  if (node.op === '.' || node.op === '.?') return [node.args[0]];
  if (node.op === 'call') return node.args[1];
  if (node.op === 'rcall') return [node.args[1], ...node.args[2]];
  return node.op === 'map' ? node.args.flat() : node.args;
}

class Analysis {
  readonly references: Reference[] = [];
  divides = false;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  visit(node: ASTNode, bound: ReadonlySet<string>, whole = false): void {
    this.divides ||= node.op === '/';
    const reference = referenceOf(node, this.#source);
    if (reference !== undefined) {
      if (!bound.has(reference.names[0] ?? '')) this.references.push({ ...reference, whole });
      return;
    }
    if (node.op === 'value') this.#assertValue(node);
    if (node.op === 'call') this.#assertFunction(node.args[0], node);
    if (node.op === 'call' && node.args[0] === 'has') this.#assertField(node.args[1][0], node);
    if (node.op === 'rcall') {
      const [name, receiver, args] = node.args;
      this.#assertFunction(name, node);
      const [variable] = args;
      if (LOOPS.has(name) && variable?.op === 'id' && args.length > 1) {
        this.visit(receiver, bound);
        const inner = new Set([...bound, variable.args]);
        for (const argument of args.slice(1)) this.visit(argument, inner);
        return;
      }
    }
    for (const part of partsOf(node)) this.visit(part, bound);
  }

  #assertValue({ args, start }: ASTNode): void {
    if (typeof args !== 'object' || args === null) return;
    const reason = 'there are neither bytes nor unsigned numbers: JSON has none';
    throw new ExpressionError('EXPRESSION_VALUE', this.#source, reason, start);
  }

  #assertField(argument: ASTNode | undefined, { start }: ASTNode): void {
    if (argument?.op === '.') return;
    throw new ExpressionError(
      'EXPRESSION_SYNTAX',
      this.#source,
      'has() takes a field, such as has(params.x)',
      start,
    );
  }

  #assertFunction(name: string, node: ASTNode): void {
    if (FUNCTIONS.has(name)) return;
    throw new ExpressionError(
      'UNKNOWN_FUNCTION',
      this.#source,
      `there is no function '${name}'`,
      nameOffset(this.#source, node, name),
    );
  }
}

function fieldsOf(references: readonly Reference[]): CompiledExpression['fields'] {
  const fields = new Map<string, Set<string> | undefined>();
  for (const { names } of references) {
    const [root = '', field] = names;
    if (field === undefined) fields.set(root, undefined);
    else if (!fields.has(root)) fields.set(root, new Set([field]));
    else fields.get(root)?.add(field);
  }
  return fields;
}

const cache = new Map<string, CompiledExpression>();

/**
 * Parses one expression (without `${ }`); repeated calls cost nothing.
 * Throws `ExpressionError`: `EXPRESSION_SYNTAX`, `EXPRESSION_TOO_LARGE`, `EXPRESSION_VALUE` or `UNKNOWN_FUNCTION`.
 */
export function compile(source: string): CompiledExpression {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > MAX_SOURCE)
    throw new ExpressionError('EXPRESSION_TOO_LARGE', source, `it is longer than ${MAX_SOURCE} characters`);
  const ast = parse(source);
  const analysis = new Analysis(source);
  analysis.visit(ast, new Set(), true);
  const { references, divides } = analysis;
  const compiled = { source, ast, references, fields: fieldsOf(references), divides };
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, compiled);
  return compiled;
}

function parse(source: string): ASTNode {
  try {
    return environment.parse(source).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const large = /limit|exceed|depth/i.test(error.code);
    const code = large ? 'EXPRESSION_TOO_LARGE' : 'EXPRESSION_SYNTAX';
    throw new ExpressionError(code, source, error.summary, error.range?.start ?? 0);
  }
}
