/** Checks values with expressions in them at one place of a definition, and tells their types. */
import { compile } from '../expressions/cel.ts';
import { checkReference } from './check-references.ts';
import { hasExpression, textsIn, type Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import { adviseOnSyntax, foreignFunction } from './foreign-expression.ts';
import { ExpressionError, parseTemplate, conditionSource } from '../expressions/expression.ts';
import { ExpressionTypes } from './expression-types.ts';
import { FUNCTIONS } from '../expressions/cel.ts';
import type { Found } from '../documents/problem.ts';
import { UNKNOWN, itemsOf, schemaOfLiteral, typeOf } from '../documents/schema-types.ts';
import type { StaticScope } from './static-scope.ts';
import type { JsonSchema, Value } from '../model/types.ts';

/** Problems of one task after which no more are looked for: a text may hold thousands of expressions. */
const ENOUGH = 1_000;

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
  readonly #found: Found[];
  readonly #types: ExpressionTypes;

  /** @param found where what is found is put. */
  constructor(scope: StaticScope, found: Found[]) {
    this.#scope = scope;
    this.#found = found;
    this.#types = new ExpressionTypes(scope);
  }

  /** Checks every expression in a value; its schema as far as known, undefined if it has problems. */
  check(value: Value, path: Path): JsonSchema | undefined {
    if (typeof value === 'string') return this.#checkText(value, path);
    if (typeof value !== 'object' || value === null) return schemaOfLiteral(value);
    const schemas = [...textsIn(value, path)].map(({ text, at }) => this.#checkText(text, at));
    if (schemas.includes(undefined)) return undefined;
    return hasExpression(value)
      ? { type: Array.isArray(value) ? 'array' : 'object' }
      : schemaOfLiteral(value);
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
    this.#found.push({ code: 'WHEN_NOT_BOOL', message, advice, at: path });
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
    const before = this.#found.length;
    if (before >= ENOUGH) return undefined;
    try {
      for (const reference of compile(source).references) {
        const checked = checkReference(reference, this.#scope);
        if ('schema' in checked) continue;
        const offset = start + (reference.offsets[checked.index] ?? 0);
        this.#found.push({ ...checked.finding, at: path, offset });
      }
    } catch (error) {
      this.#reportError(error, path, start);
    }
    if (this.#found.length > before) return undefined;
    const compared = comparedWithOutcome(source);
    if (compared !== undefined) return this.#reportComparison(compared, path, start);
    const inferred = this.#types.infer(source);
    if ('schema' in inferred) return inferred.schema;
    const { code, reason, offset } = inferred.mistake;
    const advice =
      code === 'UNKNOWN_FIELD'
        ? 'Look at the fields of what the name stands for.'
        : 'Both sides must be of types that go together; convert with string(), int() or double().';
    this.#found.push({ code, message: `${reason}.`, advice, at: path, offset: start + offset });
    return undefined;
  }

  #reportComparison({ task, offset }: ComparedTask, path: Path, start: number): undefined {
    const message = `'${task}' is the output of the task, not how it ended.`;
    const advice = `Ask by the join rule, such as 'run: anyFailed' or 'run: allSettled', or by has(${task}).`;
    this.#found.push({ code: 'EXPRESSION_TYPE', message, advice, at: path, offset: start + offset });
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
    const message = `${error.message}.`;
    this.#found.push({ code: error.code, message, advice, at: path, offset: start + error.offset });
  }
}

/** The schema of one item of a list, for the name a `forEach` gives it; undefined if the value is known to be no list. */
export function itemSchema(list: JsonSchema | undefined): JsonSchema | undefined {
  if (list === undefined || typeOf(list) === undefined) return UNKNOWN;
  return typeOf(list) === 'array' ? itemsOf(list) : undefined;
}
