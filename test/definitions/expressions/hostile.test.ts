/** However an expression is written, it ends in a value or a code, soon, and without taking the memory of a worker. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { env } from 'node:process';
import fc from 'fast-check';
import { ExpressionError, evaluate } from '../../../definitions/expressions/expression.ts';
import type { Evaluated } from '../../fixtures/jobs/evaluate-expressions.ts';
import { anyExpression, hostileValues } from '../../support/expressions.ts';

const COUNT = Number(env['PROSE_EXPRESSIONS'] ?? 300);
/** Heap of the process that evaluates; one without a bound takes gigabytes. */
const MOST_MEGABYTES = 600;
/** One without a bound takes minutes, which is hundreds of times what all steps take. */
const MOST_TIMES = 20;
const allSteps = 'range(100000).exists(x, range(100000).exists(y, y == -1))';
const job = join(import.meta.dirname, '../../fixtures/jobs/evaluate-expressions.ts');

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
    'fields.all(x, fields[params.list])',
    'range(100000).exists(x, {} == fields)',
    'range(100000).map(x, long).distinct()',
    'range(100000).exists(x, zip(rows, rows).size() == 0)',
    'range(100000).exists(x, rows.map(r, r.n).sort().size() == 0)',
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
  this.timeout(Math.max(120_000, COUNT * 500));
  const child = fork(job, { execArgv: ['--import', 'tsx', `--max-old-space-size=${MOST_MEGABYTES}`] });
  after(() => child.kill());

  /** @param most CPU time from which on it is measured again, in milliseconds. */
  async function measure(expression: string, most = 0): Promise<Evaluated> {
    child.send({ expression, most });
    const [answer] = (await once(child, 'message', { signal: ended.signal })) as [Evaluated];
    return answer;
  }
  const ended = new AbortController();
  child.once('exit', (code, signal) =>
    ended.abort(new Error(`the process with ${MOST_MEGABYTES} MB ended: ${code ?? signal}`)),
  );

  it(`end in a value or a code, within ${MOST_MEGABYTES} MB and ${MOST_TIMES} times the CPU of one that takes all steps`, async () => {
    const { cpuMs } = await measure(allSteps);
    let slowest = 0;
    await fc.assert(
      fc.asyncProperty(anyExpression, async (expression) => {
        const most = MOST_TIMES * cpuMs;
        const taken = await measure(expression, most);
        slowest = Math.max(slowest, taken.cpuMs);
        assert.equal(taken.fault, undefined);
        assert.ok(taken.cpuMs <= most, `${taken.cpuMs} ms of CPU, where ${most} are the most`);
      }),
      { numRuns: COUNT, endOnFailure: true },
    );
    if (env['PROSE_EXPRESSIONS'] !== undefined)
      process.stderr.write(`      slowest ${slowest} ms of CPU; all steps ${cpuMs} ms\n`);
  });
});
