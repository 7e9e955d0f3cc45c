/** Checks of the checks of answers, beyond their schema: the kinds, the names, and what stands in patterns and expressions. */
import { RE2JS } from '@bufbuild/re2';
import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js';
import { boundedPatterns } from '../../definitions/documents/bounded-patterns.ts';
import { isFields } from '../../definitions/documents/fields.ts';
import type { Finding, Found } from '../../definitions/documents/problem.ts';
import { conditionSource, ExpressionError, references } from '../../definitions/expressions/expression.ts';
import { didYouMean } from '../../definitions/model/did-you-mean.ts';
import type { Value } from '../../definitions/model/types.ts';
import { ANSWER_FACTS, CHECK_KINDS, type CheckKind } from '../settings/checks.ts';

/** Problems `CHECK_KIND`, `DUPLICATE_CHECK` and `BAD_CHECK` of the list `checks`. */
export function* checkChecks(checks: Value | undefined): Generator<Found> {
  const names = new Set<Value>();
  for (const [index, check] of (Array.isArray(checks) ? checks : []).entries()) {
    if (!isFields<Value>(check)) continue;
    const { name } = check;
    if (typeof name === 'string' && names.has(name))
      yield {
        code: 'DUPLICATE_CHECK',
        message: `There are two checks '${name}'.`,
        advice: 'Rename one.',
        at: ['checks', index, 'name'],
      };
    if (name !== undefined) names.add(name);
    const kinds = CHECK_KINDS.filter((kind) => check[kind] !== undefined);
    if (kinds.length !== 1)
      yield {
        code: 'CHECK_KIND',
        message: `A check is of one kind; this is of ${kinds.length === 0 ? 'none' : kinds.join(' and ')}.`,
        advice: `Give it one of ${CHECK_KINDS.join(', ')}.`,
        at: ['checks', index],
      };
    for (const kind of kinds) {
      const finding = FINDERS[kind]?.(check[kind] ?? null);
      if (finding !== undefined) yield { ...finding, at: ['checks', index, kind] };
    }
  }
}

const FINDERS: { readonly [kind in CheckKind]?: (value: Value) => Finding | undefined } = {
  regex: (pattern) =>
    typeof pattern === 'string'
      ? failing(() => RE2JS.compile(pattern), 'Write a pattern of RE2: no look-around, no back references.')
      : undefined,
  jsonSchema: (schema) =>
    isFields<Value>(schema)
      ? failing(() => compile(schema), 'Write a JSON Schema of draft 2020-12.')
      : undefined,
  cel: (expression) => (typeof expression === 'string' ? checkExpression(expression) : undefined),
  http: (config) => {
    const url = isFields(config) ? config['url'] : undefined;
    if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
    const { username, password } = new URL(url);
    if (username === '' && password === '') return undefined;
    const advice = 'Put them into a header: { env: NAME }.';
    return { code: 'CREDENTIALS_IN_URL', message: 'The URL has a user name or password in it.', advice };
  },
};

function compile(schema: SchemaObject): unknown {
  return new Ajv2020({ strict: false, code: { regExp: boundedPatterns } }).compile(schema);
}

function checkExpression(expression: string): Finding | undefined {
  try {
    const { names, params, tasks } = references(`\${${conditionSource(expression)}}`);
    const roots = [...names, ...(params.size > 0 ? ['params'] : []), ...(tasks.size > 0 ? ['tasks'] : [])];
    const unknown = roots.find((name) => !ANSWER_FACTS.some((known) => known === name));
    if (unknown === undefined) return undefined;
    const message = `A check knows no '${unknown}'.`;
    return { code: 'BAD_CHECK', message, advice: didYouMean(unknown, ANSWER_FACTS) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { code: 'BAD_CHECK', message: error.message, advice: 'Correct the CEL expression.' };
  }
}

function failing(work: () => unknown, advice: string): Finding | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { code: 'BAD_CHECK', message: `This cannot be used: ${reason}.`, advice };
  }
}
