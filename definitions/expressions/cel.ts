/**
 * CEL as definitions use it: numbers, texts, lists and maps of JSON; no clock, no regular expressions, no bytes, so that
 * an evaluation is deterministic and bounded. Pure; runs inside the workflow sandbox.
 */
import { Environment, ParseError, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { ExpressionError } from './expression-error.ts';

/** Longest list that `range` makes. */
export const MAX_RANGE = 100_000;
const MAX_SOURCE = 4_000;
const MAX_NODES = 500;
const MAX_DEPTH = 40;
const MAX_CACHED = 1_000;

/** The methods that run an expression for every element of a list. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/**
 * What expressions may call. Not here, though the library has it: `matches` has no bound on its time, times depend on the
 * machine's time zone, `bind` doubles a value as often as it is written, JSON can hold neither bytes nor unsigned numbers.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'all bool contains double dyn endsWith exists exists_one filter has indexOf int join lastIndexOf lowerAscii map ' +
    'range size split startsWith string substring trim upperAscii'
  ).split(' '),
);

function range(from: bigint, to: bigint): bigint[] {
  const length = to > from ? to - from : 0n;
  if (length > BigInt(MAX_RANGE))
    throw new RangeError(`range() makes at most ${MAX_RANGE} items, not ${length}`);
  return Array.from({ length: Number(length) }, (_, index) => from + BigInt(index));
}

const ARITHMETIC: { readonly [operator: string]: (left: number, right: number) => number } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

/** A CEL environment in which JSON's one kind of number does not get in the way: int and double mix freely. */
function createEnvironment(): Environment {
  const environment = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: MAX_NODES, maxDepth: MAX_DEPTH },
  });
  for (const [operator, compute] of Object.entries(ARITHMETIC)) {
    const mixed = (left: bigint | number, right: bigint | number): number =>
      compute(Number(left), Number(right));
    environment.registerOperator(`int ${operator} double: double`, mixed);
    environment.registerOperator(`double ${operator} int: double`, mixed);
  }
  return environment
    .registerOperator('int == double', (left: bigint, right: number) => Number(left) === right)
    .registerFunction('range(int): list<int>', (to: bigint) => range(0n, to))
    .registerFunction('range(int, int): list<int>', range);
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
  readonly program: ParseResult;
  readonly references: readonly Reference[];
  /** For each name in the references, the fields that are taken of it; undefined = all of it is meant somewhere. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  /** How deep loops over lists are nested; 0 = none. */
  readonly loops: number;
}

function nameOffset(source: string, node: ASTNode, name: string): number {
  const found = source.lastIndexOf(name, node.end - 1);
  return found >= node.start ? found : node.start;
}

/** The reference a node is, or undefined if it does not begin with a plain name. */
export function referenceOf(
  node: ASTNode,
  source: string,
): { names: string[]; offsets: number[] } | undefined {
  if (node.op === 'id') return { names: [node.args], offsets: [node.start] };
  if (node.op === '.') {
    const left = referenceOf(node.args[0], source);
    left?.names.push(node.args[1]);
    left?.offsets.push(nameOffset(source, node, node.args[1]));
    return left;
  }
  if (node.op === '[]' && node.args[1].op === 'value' && typeof node.args[1].args === 'string') {
    const left = referenceOf(node.args[0], source);
    left?.names.push(node.args[1].args);
    left?.offsets.push(node.args[1].start);
    return left;
  }
  return undefined;
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
  loops = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  visit(node: ASTNode, bound: ReadonlySet<string>, loops: number, whole = false): void {
    this.loops = Math.max(this.loops, loops);
    const reference = referenceOf(node, this.#source);
    if (reference !== undefined) {
      if (!bound.has(reference.names[0] ?? '')) this.references.push({ ...reference, whole });
      return;
    }
    if (node.op === 'call') this.#assertFunction(node.args[0], node);
    if (node.op === 'rcall') {
      const [name, receiver, args] = node.args;
      this.#assertFunction(name, node);
      const [variable] = args;
      if (LOOPS.has(name) && variable?.op === 'id' && args.length > 1) {
        this.visit(receiver, bound, loops);
        const inner = new Set([...bound, variable.args]);
        for (const argument of args.slice(1)) this.visit(argument, inner, loops + 1);
        return;
      }
    }
    for (const part of partsOf(node)) this.visit(part, bound, loops);
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
 * Throws `ExpressionError`: `EXPRESSION_SYNTAX`, `EXPRESSION_TOO_LARGE` or `UNKNOWN_FUNCTION`.
 */
export function compile(source: string): CompiledExpression {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > MAX_SOURCE)
    throw new ExpressionError('EXPRESSION_TOO_LARGE', source, `it is longer than ${MAX_SOURCE} characters`);
  let program: ParseResult;
  try {
    program = environment.parse(source);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const large = /limit|exceed|depth/i.test(error.code);
    const code = large ? 'EXPRESSION_TOO_LARGE' : 'EXPRESSION_SYNTAX';
    throw new ExpressionError(code, source, error.summary, error.range?.start ?? 0);
  }
  const analysis = new Analysis(source);
  analysis.visit(program.ast, new Set(), 0, true);
  const { references, loops } = analysis;
  const compiled = { source, program, references, fields: fieldsOf(references), loops };
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, compiled);
  return compiled;
}
