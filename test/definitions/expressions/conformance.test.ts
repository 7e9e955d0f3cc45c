/** CEL's own conformance tests, run against our evaluation; `cel-conformance-failing.txt` lists exactly those that fail. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { Cel, CelKey } from '../../../definitions/expressions/cel-value.ts';
import { compile } from '../../../definitions/expressions/cel.ts';
import { Evaluation } from '../../../definitions/expressions/evaluation.ts';
import { ExpressionError } from '../../../definitions/expressions/expression-error.ts';
import { Meter } from '../../../definitions/expressions/meter.ts';

const LIST = join(import.meta.dirname, 'cel-conformance-failing.txt');

/** A value as protobuf writes it in JSON; of another kind than these = none that JSON can hold. */
interface SpecValue {
  readonly int64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly nullValue?: null;
  readonly listValue?: { readonly values?: readonly SpecValue[] };
  readonly mapValue?: {
    readonly entries?: readonly { readonly key: SpecValue; readonly value: SpecValue }[];
  };
}

interface SpecTest {
  readonly name?: string;
  readonly expr: string;
  readonly value?: SpecValue;
  readonly evalError?: object;
  readonly typedResult?: { readonly result?: SpecValue };
  readonly bindings?: { readonly [name: string]: { readonly value?: SpecValue } };
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: SpecTest }[];
}

class NotOfJson extends Error {}

function toCel(value: SpecValue): Cel {
  if (value.int64Value !== undefined) return BigInt(value.int64Value);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.nullValue !== undefined) return null;
  if (value.listValue !== undefined) return (value.listValue.values ?? []).map(toCel);
  if (value.mapValue === undefined) throw new NotOfJson();
  const entries = value.mapValue.entries ?? [];
  return new Map(entries.map(({ key, value: field }) => [toCel(key) as CelKey, toCel(field)]));
}

function evaluate({ expr, bindings = {} }: SpecTest): Cel {
  const values = new Map(Object.entries(bindings).map(([name, { value = {} }]) => [name, toCel(value)]));
  const names = { valueOf: (name: string) => values.get(name), known: [] };
  return new Evaluation(expr, names, new Meter(expr)).run(compile(expr).ast);
}

function passes(test: SpecTest): boolean {
  const expected = test.value ?? test.typedResult?.result;
  try {
    const found = evaluate(test);
    // Without anything that is expected it is true.
    assert.deepEqual(found, expected === undefined ? true : toCel(expected));
    return test.evalError === undefined;
  } catch (error) {
    if (error instanceof ExpressionError)
      return test.evalError !== undefined && error.code !== 'UNKNOWN_FUNCTION';
    if (error instanceof NotOfJson || error instanceof assert.AssertionError) return false;
    throw error;
  }
}

/** The failing tests of a suite by their paths; `path/*` where all fail. */
function failing({ name, suites = [], tests = [] }: Suite, around = ''): readonly string[] {
  const path = `${around}${name}`;
  const own = tests.filter(({ original }) => !passes(original));
  const lines = [
    ...suites.flatMap((suite) => failing(suite, `${path}/`)),
    ...own.map(({ original: { name: test, expr } }) => `${path}/${test ?? expr}`),
  ];
  const isWhole =
    own.length === tests.length && suites.every((suite) => lines.includes(`${path}/${suite.name}/*`));
  return isWhole ? [`${path}/*`] : lines;
}

describe("CEL's conformance tests", function () {
  this.timeout(60_000);

  it('fail exactly where the list says so', async () => {
    const suites: readonly Suite[] = conformance.suites ?? [];
    const found = suites.flatMap((suite) => failing(suite));
    const listed = (await readFile(LIST, 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    assert.deepEqual([...new Set(found)].toSorted(), listed);
  });
});
