/**
 * Values of every size, on a Temporal server with its own default limits: no run hangs, and none is ended by the server.
 */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { Definition, Task, Tasks, Value } from '../../definitions/model/types.ts';
import { MAX_VALUE_BYTES, PAYLOAD_TOO_LARGE } from '../../definitions/model/value-size.ts';
import type { RunStatus } from '../../workflows/messages.ts';
import { bulkOf } from '../support/bulk.ts';
import { startEngine, type Engine, type TestActivity } from '../support/engine.ts';
import { freePort, launchTemporal, type LaunchedTemporal } from '../support/temporal.ts';

/** One of its characters takes one byte, one of the other three. */
const characters = ['x', '€'];
/** Bytes of the quotation marks around a text. */
const QUOTES = 2;

/** A task whose value is a text of so many bytes as JSON. */
function making(bytes: number, character = 'x'): Task {
  return { activity: 'make', with: { bytes, character } };
}

function textOf(bytes: number, character: string): string {
  const size = Buffer.byteLength(character);
  const count = Math.floor((bytes - QUOTES) / size);
  return character.repeat(count) + 'x'.repeat(bytes - QUOTES - count * size);
}

describe('values of every size', function () {
  this.timeout(180_000);
  let temporal: LaunchedTemporal;
  let engine: Engine;
  let attempts: Map<string, number>;
  before(async () => {
    temporal = await launchTemporal(await freePort(), undefined, []);
    engine = await startEngine(temporal.address);
  });
  after(async () => {
    await engine.close();
    await temporal.kill();
  });
  beforeEach(() => {
    attempts = new Map();
  });

  const activities: { readonly [name: string]: TestActivity } = {
    make: ({ bytes, character }, { task }) => {
      attempts.set(task, (attempts.get(task) ?? 0) + 1);
      return textOf(Number(bytes), typeof character === 'string' ? character : 'x');
    },
    list: ({ bytes }) => Array.from({ length: 6 }, () => textOf(Number(bytes), 'x')),
    measure: ({ value }) => Buffer.byteLength(JSON.stringify(value)),
    shout: ({ bytes }) => {
      throw new Error(textOf(Number(bytes), '€'));
    },
  };

  /** Runs tasks with a `finally`, and says how they ended. */
  async function run(
    tasks: Tasks,
    more: Partial<Definition> = {},
    params: { readonly [name: string]: Value } = {},
  ): Promise<{
    readonly handle: WorkflowHandle;
    readonly status: RunStatus;
    readonly failures: readonly string[];
    readonly result: unknown;
  }> {
    const last: Tasks = { last: { activity: 'measure', with: { value: '${ run.outcome }' } } };
    const definition: Definition = { name: 'sized', tasks, finally: last, ...more };
    const handle = await engine.start(definition, activities, params);
    const result: unknown = await handle.result().catch((error: unknown) => error);
    const described = (await handle.describe()).status.name;
    assert.ok(described === 'COMPLETED' || described === 'FAILED', described);
    const status = await engine.status(handle);
    const ended = status.tasks.find(({ name }) => name === 'last');
    if (more.finally === undefined) assert.equal(ended?.state, 'succeeded');
    return { handle, status, result, failures: status.failures.map(({ task, type }) => `${task} ${type}`) };
  }

  for (const character of characters) {
    it(`takes a result of the largest size, and fails a larger one by name at its first attempt (${character})`, async () => {
      const { status, failures } = await run({
        fits: making(MAX_VALUE_BYTES, character),
        passes: { ...making(MAX_VALUE_BYTES + 1, character), onFailure: 'continue' },
        far: { ...making(5_000_000, character), onFailure: 'continue' },
        handler: { needs: ['passes'], run: 'anyFailed', activity: 'measure', with: { value: 1 } },
      });
      assert.equal(status.state, 'succeeded');
      assert.deepEqual(failures.toSorted(), [`far ${PAYLOAD_TOO_LARGE}`, `passes ${PAYLOAD_TOO_LARGE}`]);
      assert.equal(status.tasks.find(({ name }) => name === 'handler')?.state, 'succeeded');
      assert.equal(attempts.get('passes'), 1);
    });

    it(`fails what is given too much, of every kind, and what handles failures runs (${character})`, async () => {
      engine.define({ name: 'inner', tasks: { only: { activity: 'measure', with: { value: 1 } } } });
      const two = ['${ tasks.a }', '${ tasks.a }'];
      const given = { with: { value: two }, onFailure: 'continue' } as const;
      const { status, failures } = await run({
        a: making(1_200_000, character),
        activity: { needs: ['a'], activity: 'measure', ...given },
        workflow: { needs: ['a'], workflow: 'inner', ...given },
        items: { needs: ['a'], forEach: { in: [1, 2] }, activity: 'measure', ...given },
        rounds: { needs: ['a'], repeat: { maxRounds: 2 }, activity: 'measure', ...given },
        group: {
          needs: ['a'],
          onFailure: 'continue',
          tasks: { inside: { activity: 'measure', with: { value: two } } },
        },
        handler: { needs: ['activity'], run: 'anyFailed', activity: 'measure', with: { value: 1 } },
      });
      assert.equal(status.state, 'succeeded');
      assert.deepEqual(
        failures.toSorted(),
        ['activity', 'group.inside', 'items[0]', 'items[1]', 'rounds', 'workflow'].map(
          (task) => `${task}${task === 'rounds' ? '@0' : ''} ${PAYLOAD_TOO_LARGE}`,
        ),
      );
      assert.equal(status.tasks.find(({ name }) => name === 'handler')?.state, 'succeeded');
    });

    it(`fails a run whose outputs are too large, and the task that runs it (${character})`, async () => {
      engine.define({
        name: 'inner',
        tasks: { a: making(1_200_000, character) },
        outputs: { one: '${ tasks.a }', two: '${ tasks.a }' },
      });
      const { status, failures } = await run({ sub: { workflow: 'inner', onFailure: 'continue' } });
      assert.equal(status.state, 'succeeded');
      assert.deepEqual(failures, [`sub ${PAYLOAD_TOO_LARGE}`]);
      const outer = await run(
        { a: making(1_200_000, character) },
        { outputs: { one: '${ tasks.a }', two: '${ tasks.a }' } },
      );
      assert.match(JSON.stringify(outer.result, Object.getOwnPropertyNames(outer.result)), /sized/);
      assert.equal(outer.status.state, 'failed');
    });
  }

  it('starts in one moment what is far above 4 MB together: items, tasks, runs', async () => {
    engine.define({
      name: 'inner',
      params: { value: { type: 'string' } },
      tasks: { only: { activity: 'measure', with: { value: '${ params.value }' } } },
      outputs: { bytes: '${ tasks.only }' },
    });
    const given = { needs: ['a'], with: { value: '${ tasks.a }' } };
    const many = Array.from({ length: 20 }, (_, index): [string, Task] => [
      `t${index}`,
      { activity: 'measure', ...given },
    ]);
    const { result } = await run(
      {
        a: making(900_000),
        items: { ...given, forEach: { in: '${ range(40) }', concurrency: 40 }, activity: 'measure' },
        runs: { ...given, forEach: { in: '${ range(8) }' }, workflow: 'inner' },
        ...Object.fromEntries(many),
      },
      { outputs: { items: '${ size(tasks.items) }', runs: '${ tasks.runs[7].output.bytes }' } },
    );
    assert.deepEqual(result, { items: 40, runs: 900_000 });
  });

  it('takes more than 50 MB of results, each below the limit, and hands them over with a short history', async () => {
    const { handle, result, status } = await run(
      {
        each: {
          forEach: { in: '${ range(60) }', concurrency: 30 },
          tasks: {
            a: making(1_000_000),
            b: { needs: ['a'], activity: 'measure', with: { value: '${ tasks.a }' } },
          },
          outputs: { bytes: '${ tasks.b }' },
        },
      },
      { outputs: { n: '${ size(tasks.each) }', last: '${ tasks.each[59].output.bytes }' } },
      { events: 150 },
    );
    assert.deepEqual(result, { n: 60, last: 1_000_000 });
    assert.equal(status.state, 'succeeded');
    const { historySize } = await handle.describe();
    assert.ok(Number(historySize) < 1_000_000, String(historySize));
  });

  it('goes on with large rounds, of a task and of a definition', async () => {
    const { result } = await run(
      { loop: { repeat: { maxRounds: 4 }, ...making(1_900_000) } },
      {
        repeat: { maxRounds: 3 },
        outputs: { round: '${ run.round }', loop: '${ tasks.loop }' },
      },
    );
    assert.equal((result as { readonly round: number }).round, 2);
  });

  it('runs slices whose items and results are large', async () => {
    const { result } = await run(
      {
        list: { activity: 'list', with: { bytes: 300_000 } },
        each: {
          needs: ['list'],
          forEach: { in: '${ tasks.list }', as: 'item' },
          tasks: { many: bulkOf('measure'), b: { activity: 'measure', with: { value: '${ item }' } } },
          outputs: { bytes: '${ tasks.b }' },
        },
      },
      { outputs: { n: '${ size(tasks.each) }', last: '${ tasks.each[5].output.bytes }' } },
    );
    assert.deepEqual(result, { n: 6, last: 300_000 });
  });

  it('runs what lies in so many groups that its path is longer than an id may be', async () => {
    engine.define({ name: 'inner', tasks: { only: { activity: 'measure', with: { value: 1 } } } });
    let tasks: Tasks = {
      activity: { activity: 'measure', with: { value: 1 } },
      workflow: { workflow: 'inner' },
      slices: {
        forEach: { in: [1, 2, 3] },
        tasks: { many: bulkOf('measure'), b: { activity: 'measure', with: { value: 1 } } },
      },
    };
    for (let level = 0; level < 20; level += 1) tasks = { ['n'.repeat(64)]: { tasks } };
    const { status, failures } = await run(tasks);
    assert.deepEqual([status.state, failures], ['succeeded', []]);
  });

  it('fails with a message that is cut, however long the error', async () => {
    const { failures, status } = await run({
      each: {
        forEach: { in: '${ range(50) }' },
        activity: 'shout',
        with: { bytes: 3_000_000 },
        retry: { maximumAttempts: 1 },
      },
    });
    assert.equal(status.state, 'failed');
    assert.equal(failures.length, 50);
    assert.ok(Buffer.byteLength(JSON.stringify(status)) < 2_000_000);
  });

  it('answers the status of a run with large params and outputs, and says what it has left out', async () => {
    const value = textOf(1_000_000, '€');
    const { status, result } = await run(
      { a: making(900_000) },
      { outputs: { a: '${ tasks.a }' }, finally: {} },
      { value },
    );
    assert.deepEqual(status.cut, { outputs: true });
    assert.equal(status.outputs, null);
    assert.equal(status.params['value'], value);
    assert.equal((result as { readonly a: string }).a.length, 900_000 - QUOTES);
  });
});
