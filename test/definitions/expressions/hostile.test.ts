/** However an expression is written, it ends in a value or a code, soon, and without taking the memory of a worker. */
import assert from 'node:assert/strict';
import { env, memoryUsage } from 'node:process';
import fc from 'fast-check';
import { ExpressionError, evaluate } from '../../../definitions/expressions/expression.ts';
import { ExpressionTypes } from '../../../definitions/typing/expression-types.ts';
import { outerScope } from '../../../definitions/typing/static-scope.ts';
import { anyExpression, hostileValues } from '../../support/expressions.ts';

const COUNT = Number(env['PROSE_EXPRESSIONS'] ?? 300);
const MOST_MS = 2_000;
/** Beyond what the process takes when the test begins. */
const MOST_BYTES = 700_000_000;

const doubled = (body: string, times: number): string => `.map(v, ${body})`.repeat(times);

describe('an expression that would take minutes or gigabytes', () => {
  const bounded: readonly string[] = [
    'range(\n100000).map(x, range(// )\n100000).exists(y, y == -1))',
    'range(50000 + 50000).exists(x, range(50000 + 50000).exists(y, y == -1))',
    `[1]${doubled('[v, v]', 30)}`,
    `[rows]${doubled('v + v', 30)}`,
    `[long]${doubled('v + v', 30)}`,
    "range(1000).map(x, long.split(''))",
    "long.replace('a', long)",
    "long.replace('', long)",
    "range(100).map(x, rows.map(r, r.id).join(','))",
    "rows.map(r, long).join('')",
    'range(1000).exists(x, rows != rows)',
    'range(1000).exists(x, fields != fields)',
    "range(100000).exists(x, long.contains('b'))",
    "long.matches('(a|aa)+b')",
    "long.contains(long.substring(1) + 'b')",
    'rows.all(r, r.none.x)',
    'false || range(100000).all(x, range(100000).all(y, true))',
    'range(100000).exists(x, range(100000).exists(y, y == -1)) || true',
  ];
  for (const expression of bounded)
    it(`ends with EXPRESSION_TOO_LARGE: ${expression.slice(0, 60)}`, () => {
      assert.throws(() => evaluate(`\${ ${expression} }`, { values: hostileValues }), {
        code: 'EXPRESSION_TOO_LARGE',
      });
    });

  it('is none that looks at each of 100,000 rows', () => {
    const rows = Array.from({ length: 100_000 }, (_, n) => ({
      id: `x${n}`,
      split: n % 2 === 0 ? 'test' : 'train',
      n,
    }));
    const chosen = evaluate(
      "${ rows.filter(r, r.split == 'test' && r.n > 5 && r.id != 'x6').map(r, r.id) }",
      { values: { rows } },
    );
    assert.ok(Array.isArray(chosen) && chosen.length === 49_996);
  });

  it('ends in the same way each time', () => {
    const outcome = (source: string): unknown => {
      try {
        return evaluate(source, { values: hostileValues });
      } catch (error) {
        return error instanceof ExpressionError ? [error.code, error.message] : error;
      }
    };
    fc.assert(
      fc.property(anyExpression, (expression) => {
        const source = `\${${expression}}`;
        assert.deepEqual(outcome(source), outcome(source));
      }),
      { numRuns: 30 },
    );
  });
});

describe(`${COUNT} random and hostile expressions`, function () {
  this.timeout(Math.max(60_000, COUNT * 500));

  it(`end in a value or a code, none after ${MOST_MS} ms of CPU or ${MOST_BYTES} bytes`, () => {
    const types = new ExpressionTypes(outerScope({ name: 'x', tasks: {} }, { catalogue: new Map() }));
    const before = memoryUsage().rss;
    fc.assert(
      fc.property(anyExpression, (expression) => {
        const started = process.cpuUsage();
        try {
          types.infer(expression);
          evaluate(`\${${expression}}`, { values: hostileValues });
        } catch (error) {
          assert.ok(
            error instanceof ExpressionError,
            error instanceof Error ? (error.stack ?? '') : String(error),
          );
        }
        const { user, system } = process.cpuUsage(started);
        assert.ok((user + system) / 1_000 < MOST_MS, `${(user + system) / 1_000} ms of CPU`);
        const taken = memoryUsage().rss - before;
        assert.ok(taken < MOST_BYTES, `${taken} bytes`);
      }),
      { numRuns: COUNT, endOnFailure: true },
    );
  });
});
