/** Checks values with expressions in them at one place of a definition, and tells their types. */
import { compile } from '../expressions/cel.ts';
import { checkReference } from './check-references.ts';
import type { SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { adviseOnSyntax, foreignFunction } from './foreign-expression.ts';
import { ExpressionError, parseTemplate, conditionSource } from '../expressions/expression.ts';
import { ExpressionTypes } from './expression-types.ts';
import { FUNCTIONS } from '../expressions/cel.ts';
import type { Problem } from '../documents/problem.ts';
import { UNKNOWN, itemsOf, schemaOfLiteral, typeOf } from '../documents/schema-types.ts';
import type { StaticScope } from './static-scope.ts';
import type { JsonSchema, Value } from '../model/types.ts';

/** Whether a value has an expression in it, at any depth. */
export function hasExpression(value: Value): boolean {
  if (typeof value === 'string') return value.includes('${');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => hasExpression(inner));
}

interface ComparedTask {
  readonly task: string;
  readonly offset: number;
}

/** A task whose value is compared with the name of an outcome, as other languages have it. */
function comparedWithOutcome(source: string): ComparedTask | undefined {
  const found =
    /(tasks\.\w+)\s*[!=]=\s*(["'])(succe\w*|fail\w*|skipped|blocked|cancell?ed|done|completed)\2/i.exec(
      source,
    );
  return found?.[1] === undefined ? undefined : { task: found[1], offset: found.index };
}

export class ValueChecker {
  readonly #scope: StaticScope;
  readonly #document: SourceDocument;
  readonly #problems: Problem[];
  #types: ExpressionTypes | undefined;

  /** @param problems where what is found is put. */
  constructor(scope: StaticScope, document: SourceDocument, problems: Problem[]) {
    this.#scope = scope;
    this.#document = document;
    this.#problems = problems;
  }

  /** Checks every expression in a value; its schema as far as known, undefined if it has problems. */
  check(value: Value, path: Path): JsonSchema | undefined {
    if (typeof value === 'string') return this.#checkText(value, path);
    if (typeof value !== 'object' || value === null) return schemaOfLiteral(value);
    const isList = Array.isArray(value);
    const schemas = Object.entries(value).map(([key, inner]) =>
      this.check(inner, [...path, isList ? Number(key) : key]),
    );
    if (schemas.includes(undefined)) return undefined;
    return hasExpression(value) ? { type: isList ? 'array' : 'object' } : schemaOfLiteral(value);
  }

  /** Checks a condition: `WHEN_NOT_BOOL` if its type is known and another. */
  checkCondition(text: string, path: Path): void {
    let source: string;
    try {
      source = conditionSource(text);
    } catch (error) {
      return this.#reportError(error, path, 0);
    }
    const schema = this.#checkExpression(source, path, Math.max(text.indexOf(source), 0));
    const type = schema === undefined ? undefined : typeOf(schema);
    if (type === undefined || type === 'boolean') return;
    const message = `A condition must be true or false; this is of type ${type}.`;
    const advice = 'Compare it with something, such as `… > 0`.';
    this.#problems.push(this.#document.problem({ code: 'WHEN_NOT_BOOL', message, advice }, path));
  }

  #checkText(text: string, path: Path): JsonSchema | undefined {
    let parts;
    try {
      parts = parseTemplate(text);
    } catch (error) {
      this.#reportError(error, path, Math.max(text.lastIndexOf('${'), 0));
      return undefined;
    }
    const schemas = parts.map((part) =>
      part.kind === 'text' ? { type: 'string' } : this.#checkExpression(part.source, path, part.start),
    );
    if (schemas.includes(undefined)) return undefined;
    return parts.length === 1 ? schemas[0] : { type: 'string' };
  }

  #checkExpression(source: string, path: Path, start: number): JsonSchema | undefined {
    const before = this.#problems.length;
    try {
      for (const reference of compile(source).references) {
        const problem = checkReference(reference, this.#scope);
        if (problem === undefined) continue;
        const offset = start + (reference.offsets[problem.index] ?? 0);
        this.#problems.push(this.#document.problem(problem.finding, path, 'value', offset));
      }
    } catch (error) {
      this.#reportError(error, path, start);
    }
    if (this.#problems.length > before) return undefined;
    const compared = comparedWithOutcome(source);
    if (compared !== undefined) return this.#reportComparison(compared, path, start);
    this.#types ??= new ExpressionTypes(this.#scope);
    const inferred = this.#types.infer(source);
    if ('schema' in inferred) return inferred.schema;
    const { code, reason, offset } = inferred.mistake;
    const advice =
      code === 'UNKNOWN_FIELD'
        ? 'Look at the fields of what the name stands for.'
        : 'Both sides must be of types that go together; convert with string(), int() or double().';
    this.#problems.push(
      this.#document.problem({ code, message: `${reason}.`, advice }, path, 'value', start + offset),
    );
    return undefined;
  }

  #reportComparison({ task, offset }: ComparedTask, path: Path, start: number): undefined {
    const message = `'${task}' is the output of the task, not how it ended.`;
    const advice = `Ask by the join rule, such as 'run: anyFailed' or 'run: allSettled', or by has(${task}).`;
    this.#problems.push(
      this.#document.problem({ code: 'EXPRESSION_TYPE', message, advice }, path, 'value', start + offset),
    );
    return undefined;
  }

  #reportError(error: unknown, path: Path, start: number): void {
    if (!(error instanceof ExpressionError)) throw error;
    const wrong = /^[A-Za-z_]\w*/.exec(error.expression.slice(error.offset))?.[0] ?? '';
    const advice =
      error.code === 'UNKNOWN_FUNCTION'
        ? (foreignFunction(wrong) ?? didYouMean(wrong, FUNCTIONS))
        : /^\{.*\}?$/s.test(error.expression)
          ? 'Write one pair of braces, not two: ${ … }.'
          : error.message.endsWith("never closed by '}'")
            ? "Add the '}' at its end."
            : adviseOnSyntax(error.expression);
    const finding = { code: error.code, message: `${error.message}.`, advice };
    this.#problems.push(this.#document.problem(finding, path, 'value', start + error.offset));
  }
}

/** The schema of one item of a list, for the name a `forEach` gives it; undefined if the value is known to be no list. */
export function itemSchema(list: JsonSchema | undefined): JsonSchema | undefined {
  if (list === undefined || typeOf(list) === undefined) return UNKNOWN;
  return typeOf(list) === 'array' ? itemsOf(list) : undefined;
}
