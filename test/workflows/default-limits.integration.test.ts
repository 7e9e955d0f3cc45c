/** Large groups on a Temporal server with its own default limits: slower than on the local stack, and just as right. */
import assert from 'node:assert/strict';
import type { Definition, Tasks } from '../../definitions/model/types.ts';
import { startEngine, type Engine, type TestActivity } from '../support/engine.ts';
import { freePort, launchTemporal, type LaunchedTemporal } from '../support/temporal.ts';

const WIDE = 2_122;
/** `PROSE_CHAIN=1000 npx mocha test/workflows/default-limits.integration.test.ts` for a longer one. */
const LONG = Number(process.env['PROSE_CHAIN'] ?? 300);

const named = (count: number, task: (index: number) => Tasks[string]): Tasks =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, task(index)]));

describe("a group of many tasks, on Temporal's own limits (invariant 6)", function () {
  this.timeout(600_000);
  let temporal: LaunchedTemporal;
  let engine: Engine;
  before(async () => {
    temporal = await launchTemporal(await freePort(), undefined, []);
    engine = await startEngine(temporal.address);
  });
  after(async () => {
    await engine.close();
    await temporal.kill();
  });

  for (const [shape, count, needsOf] of [
    ['side by side, joined by one', WIDE, () => []],
    [
      'in layers of 100',
      WIDE,
      (index) => (index < 100 ? [] : [`t${index - 100}`, `t${index - (index % 100) - 1}`]),
    ],
    ['in a chain', LONG, (index) => (index === 0 ? [] : [`t${index - 1}`])],
  ] as const satisfies readonly (readonly [string, number, (index: number) => readonly string[]])[])
    it(`runs each of ${count} tasks once, ${shape}`, async () => {
      const calls = new Map<string, number>();
      const work: TestActivity = ({ n = 0 }, { task }) => {
        calls.set(task, (calls.get(task) ?? 0) + 1);
        return { n };
      };
      const tasks = named(count, (index) => ({
        activity: 'work',
        with: { n: index },
        needs: needsOf(index),
      }));
      const all: Tasks = {
        group: { tasks, outputs: { last: `\${ tasks.t${count - 1}.n }` } },
        after: { needs: ['group'], activity: 'work', with: { n: '${ tasks.group.last }' } },
      };
      const definition: Definition = { name: 'large', tasks: all, outputs: { n: '${ tasks.after.n }' } };
      const run = await engine.start(definition, { work });
      assert.deepEqual(await run.result(), { n: count - 1 });
      assert.equal(calls.size, count + 1);
      assert.deepEqual([...new Set(calls.values())], [1]);
      const status = await engine.status(run);
      assert.equal(status.state, 'succeeded');
      const executions = engine.client.workflow.list({ query: `WorkflowId = '${run.workflowId}'` });
      for await (const { historyLength } of executions) assert.ok(historyLength < 10_000, `${historyLength}`);
    });
});
