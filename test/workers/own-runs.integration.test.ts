/** Two projects with workers in one namespace of one Temporal server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';

/** Above what a history keeps itself: it lies in the store of whoever hands it out. */
const large = 'x'.repeat(20_000);
const definition = `
name: two
params: { text: { type: string } }
tasks:
  one: { activity: noop, with: { value: '\${ params.text }' } }
  two: { needs: [one], activity: noop, with: { value: '\${ tasks.one.value }' } }
  part: { needs: [two], workflow: inner, with: { text: '\${ params.text }' } }
`;
const inner = `
name: inner
params: { text: { type: string } }
tasks:
  many: { forEach: { in: [1], as: n }, activity: noop, with: { value: '\${ params.text }' } }
`;

/** Who did the workflow tasks of a run, after the one with which it asked to be pinned. */
async function whoWorked(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  const tasks = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) => task ?? []);
  return tasks.slice(1).map(({ identity }) => identity ?? '');
}

describe('the workers of two projects', function () {
  this.timeout(900_000);
  let pipelines: Pipeline[] = [];
  before(async () => {
    const one = await startPipeline();
    pipelines = [one, await startPipeline({}, one.address, one.namespace)];
    for (const { root } of pipelines)
      for (const [name, text] of Object.entries({ two: definition, inner }))
        writeFileSync(join(root, 'definitions', `${name}.yaml`), text);
  });
  afterEach(() => Promise.all(pipelines.map((pipeline) => pipeline.killWorker())));
  after(() => Promise.all(pipelines.map((pipeline) => pipeline.close())));

  it('on the same task queues do the workflow tasks of their own runs only, whether started for a project or not', async () => {
    await Promise.all(pipelines.map((pipeline) => pipeline.startWorker()));
    const start = (pipeline: Pipeline, options: { readonly project?: string }) =>
      pipeline.start('two', { text: large }, undefined, options);
    // Few, as each wrong take of a workflow task in a row doubles the wait for the next.
    const handles = await Promise.all([
      ...pipelines.map((pipeline) => start(pipeline, { project: pipeline.project })),
      ...pipelines.slice(0, 1).map((pipeline) => start(pipeline, {})),
    ]);
    await Promise.all(handles.map((handle) => handle.result()));
    const workersOf = new Map<unknown, Set<string>>();
    for (const handle of handles) {
      const project = (await handle.describe()).memo?.['project'];
      const parts = [handle, pipelines[0]?.client.workflow.getHandle(`${handle.workflowId}/part`)];
      for (const part of parts)
        for (const worker of part === undefined ? [] : await whoWorked(part))
          workersOf.set(project, (workersOf.get(project) ?? new Set()).add(worker));
    }
    assert.equal([...workersOf.values()].flatMap((workers) => [...workers]).length, 2);
  });

  it('with a prefix before their task queues have nothing to do with one another', async () => {
    const prefixes = ['one-', 'two.'];
    await Promise.all(
      pipelines.map((pipeline, index) =>
        pipeline.startWorker({ PROSE_TASK_QUEUE_PREFIX: prefixes[index] ?? '' }),
      ),
    );
    for (const [index, { client, project }] of pipelines.entries()) {
      const taskQueue = `${prefixes[index]}prose`;
      const workflowId = `prefixed-${index}`;
      // As the `temporal` command line starts it, which knows of no project.
      const handle = await client.workflow.start('two', { taskQueue, workflowId, args: [{ text: large }] });
      await handle.result();
      assert.equal((await handle.describe()).memo?.['project'], project);
      const { events } = await handle.fetchHistory();
      const failed = (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes);
      assert.equal(failed.length, 0);
      const queues = (events ?? []).flatMap(
        (event) => event.activityTaskScheduledEventAttributes?.taskQueue?.name ?? [],
      );
      assert.deepEqual([...new Set(queues)], [taskQueue]);
    }
  });
});
