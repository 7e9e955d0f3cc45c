import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { Definition, Tasks, Value } from '../../definitions/model/types.ts';
import { startEngine, type Engine, type TestActivity } from '../support/engine.ts';

const named = (count: number, task: (index: number) => Tasks[string]): Tasks =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, task(index)]));

describe('long chains and wide layers (invariant 6)', function () {
  this.timeout(120_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  /** Runs it, makes sure that each task has run once, and gives its executions, the first one first. */
  async function runOnce(
    definition: Definition,
    count: number,
    activity: (input: Value) => Value,
    params?: { readonly events: number },
  ): Promise<readonly WorkflowHandle[]> {
    const calls = new Map<string, number>();
    const work: TestActivity = (input, { task }) => {
      calls.set(task, (calls.get(task) ?? 0) + 1);
      return activity(input);
    };
    const run = await engine.start(definition, { work }, params);
    await run.result();
    assert.equal(calls.size, count);
    assert.deepEqual([...new Set(calls.values())], [1]);
    const executions: WorkflowHandle[] = [];
    let last = (await run.describe()).runId;
    for (let earlier: string | undefined = last; earlier !== undefined;) {
      const execution: WorkflowHandle = engine.client.workflow.getHandle(run.workflowId, earlier);
      executions.unshift(execution);
      const [started] = (await execution.fetchHistory()).events ?? [];
      earlier = started?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
    }
    return executions;
  }
  const lengths = (executions: readonly WorkflowHandle[]): Promise<readonly number[]> =>
    Promise.all(executions.map(async (execution) => (await execution.describe()).historyLength));

  it('runs each of 200 tasks once, in many short executions', async () => {
    const chain = named(200, (index) => ({
      activity: 'work',
      ...(index > 0 && { needs: [`t${index - 1}`], with: { n: `\${ tasks.t${index - 1}.n + 1 }` } }),
    }));
    const definition: Definition = { name: 'chain', tasks: chain, outputs: { n: '${ tasks.t199.n }' } };
    const count = (input: Value): Value => ({ n: 0, ...(input as object) });
    const executions = await runOnce(definition, 200, count, { events: 300 });
    assert.ok(executions.length >= 4, `${executions.length} executions`);
    for (const length of await lengths(executions)) assert.ok(length < 320, `${length} events`);
    assert.deepEqual(await executions.at(-1)?.result(), { n: 199 });
  });

  it('runs two layers of 1,000 tasks, 200 at once at the most, without losing a workflow task', async () => {
    const width = 1_000;
    const layer = (depth: number): Tasks =>
      Object.fromEntries(
        Array.from({ length: width }, (_, index) => {
          const [left, right] = [index, (index + 1) % width].map((at) => `t${depth - 1}x${at}`);
          const needs = depth > 0 && { needs: [`${left}`, `${right}`] };
          const n = depth > 0 ? `\${ tasks.${left}.n + tasks.${right}.n }` : index;
          return [`t${depth}x${index}`, { activity: 'work', with: { n }, ...needs }];
        }),
      );
    const outputs = { n: `\${ tasks.t1x${width - 1}.n }` };
    const definition: Definition = { name: 'wide', tasks: { ...layer(0), ...layer(1) }, outputs };
    const executions = await runOnce(definition, 2 * width, (input) => input);
    assert.deepEqual(await executions.at(-1)?.result(), { n: width - 1 });
    for (const execution of executions) {
      const { events } = await execution.fetchHistory();
      let pending = 0;
      let most = 0;
      for (const event of events ?? []) {
        if (event.activityTaskScheduledEventAttributes) pending += 1;
        if (event.activityTaskCompletedEventAttributes) pending -= 1;
        most = Math.max(most, pending);
        const isLost = event.workflowTaskTimedOutEventAttributes ?? event.workflowTaskFailedEventAttributes;
        assert.equal(isLost ?? undefined, undefined);
      }
      assert.ok(most <= 200, `${most} activities at once`);
      assert.ok((events ?? []).length < 10_000);
    }
  });

  it('hands over what is too large for a history by way of the store', async () => {
    const text = 'x'.repeat(60_000);
    const chain = named(10, (index) => ({
      activity: 'work',
      ...(index > 0 && { needs: [`t${index - 1}`] }),
    }));
    const outputs = { sizes: '${ [tasks.t0.text, tasks.t9.text].map(text, size(text)) }' };
    const definition: Definition = { name: 'heavy', tasks: chain, outputs };
    const executions = await runOnce(definition, 10, () => ({ text }), { events: 50 });
    const last = executions.at(-1);
    assert.ok(last !== undefined && executions.length > 1);
    assert.deepEqual(await last.result(), { sizes: [60_000, 60_000] });
    assert.ok(Number((await last.describe()).historySize) < 200_000);
  });
});
