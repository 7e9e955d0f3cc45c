import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { ActivityError } from '../../../activities/attempts/errors.ts';
import { activityCatalogue, createActivities, type ActivityDependencies } from '../../../activities/index.ts';
import type { Activity, ActivityRequest } from '../../../activities/activity.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { jsonBytes, MAX_VALUE_BYTES, PAYLOAD_TOO_LARGE } from '../../../definitions/model/value-size.ts';
import type { Store } from '../../../activities/store/store.ts';
import type { ModelClient } from '../../../activities/inference/model-client.ts';
import { GpuPool } from '../../../activities/attempts/gpu-pool.ts';
import { createTaskCache } from '../../../activities/attempts/task-cache/task-cache.ts';
import { quietLogger } from '../../support/temporal.ts';

const quiet = { logger: quietLogger };

interface Doubled {
  readonly twice: number;
}

function shape(name: string): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    required: [name],
    properties: { [name]: { type: 'number' } },
  };
}

async function failureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await result.catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ApplicationFailure);
  return error;
}

function activity(run: Activity<{ n: number }, Doubled>['run']): Activity<{ n: number }, Doubled> {
  const contract = { name: 'double', description: 'Doubles.', taskQueue: 'prose' };
  return { ...contract, input: shape('n'), output: shape('twice'), run };
}

const failing = (retryable: boolean) => async (): Promise<Doubled> => {
  throw new ActivityError('TOO_MANY_MISSING', 'half of the scores are missing', { retryable });
};

function request(input: unknown): ActivityRequest {
  const run = { runId: 'run-1', definition: 'd', settingsDigest: 'abc', digest: 'digest', seed: 7 };
  return { run, task: 'only', with: input };
}

describe('an attempt of an activity', () => {
  let reads: string[];
  let dependencies: ActivityDependencies;
  beforeEach(() => {
    reads = [];
    const getObject = (digest: string): Promise<unknown> => {
      reads.push(digest);
      return reads.length === 1 && digest === 'lost'
        ? Promise.reject(new Error('lost'))
        : Promise.resolve({ of: digest });
    };
    dependencies = {
      root: '/project',
      project: 'mine',
      store: { getObject, backend: openBackend('/project') } as unknown as Store,
      models: {} as ModelClient,
      log: pino({ level: 'silent' }),
      cache: createTaskCache('/project', openBackend('/project'), { own: {}, user: {} }),
      gpus: new GpuPool(),
    };
  });

  async function performFor(project: string | undefined): Promise<unknown> {
    const double = createActivities(dependencies, [activity(async ({ n }) => ({ twice: 2 * n }))])['double'];
    assert.ok(double);
    const given = request({ n: 1 });
    const run = { ...given.run, ...(project !== undefined && { project }) };
    return new MockActivityEnvironment({}, quiet).run(double, { ...given, run });
  }

  it('hands back the work of another project at once, with nothing read, for another worker to take', async () => {
    const failure = await performFor('theirs').then(
      () => assert.fail('it was performed'),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof ApplicationFailure);
    const { type, nonRetryable, nextRetryDelay, message } = failure;
    assert.deepEqual({ type, nonRetryable }, { type: 'OTHER_PROJECT', nonRetryable: false });
    assert.ok(nextRetryDelay !== undefined);
    assert.match(message, /theirs.*mine/);
    assert.deepEqual(reads, []);
  });

  const fails = (code: string): Error => Object.assign(new Error('write'), { code });
  for (const [error, code] of [
    [fails('ENOSPC'), 'DISK_FULL'],
    [fails('EDQUOT'), 'DISK_FULL'],
    [new Error('IO Error: Could not write all bytes to file "x": No space left on device'), 'DISK_FULL'],
    [new Error('shard', { cause: fails('ENOSPC') }), 'DISK_FULL'],
    [fails('EROFS'), 'DISK_READ_ONLY'],
    [new Error('IO Error: Cannot open file "x": Read-only file system'), 'DISK_READ_ONLY'],
    [new Error('shard', { cause: fails('EROFS') }), 'DISK_READ_ONLY'],
  ] as const) {
    it(`waits before it tries again on a disk that cannot be written (${code}: ${error.message})`, async () => {
      const failure = await perform(() => Promise.reject(error), { n: 1 }).then(
        () => assert.fail('it was performed'),
        (thrown: unknown) => thrown,
      );
      assert.ok(failure instanceof ApplicationFailure);
      assert.deepEqual([failure.type, failure.nonRetryable, failure.nextRetryDelay], [code, false, 10_000]);
    });
  }

  it('performs what is of its own project, and of no project as in histories of earlier versions', async () => {
    assert.deepEqual(await performFor('mine'), { twice: 2 });
    assert.deepEqual(await performFor(undefined), { twice: 2 });
  });

  function perform(
    run: Activity<{ n: number }, Doubled>['run'],
    input: unknown,
    environment = new MockActivityEnvironment({}, quiet),
  ): Promise<unknown> {
    const double = createActivities(dependencies, [activity(run)])['double'];
    assert.ok(double);
    return environment.run(double, request(input));
  }

  it('gets its input, its run and the pinned settings', async () => {
    const output = await perform(
      async ({ n }, { run, task, settings }) => {
        assert.deepEqual([run.seed, task, settings], [7, 'only', { of: 'abc' }]);
        return { twice: n * 2 };
      },
      { n: 2 },
    );
    assert.deepEqual(output, { twice: 4 });
  });

  it('is refused an input that its contract does not allow, without a retry', async () => {
    const failure = await failureOf(perform(() => assert.fail('ran'), { n: 'two', m: 1 }));
    assert.equal(failure.type, 'INVALID_INPUT');
    assert.equal(failure.nonRetryable, true);
    assert.equal(failure.details?.length, 2);
  });

  it('is refused an output that is larger than a result may be, without a retry, and takes the largest', async () => {
    const printing: Activity<{ n: number }, { text: string }> = {
      ...activity(async () => ({ twice: 0 })),
      name: 'print',
      output: { type: 'object', properties: { text: { type: 'string' } } },
      run: async ({ n }) => ({ text: 'x'.repeat(n - JSON.stringify({ text: '' }).length) }),
    };
    const print = createActivities(dependencies, [printing])['print'];
    assert.ok(print);
    const environment = new MockActivityEnvironment({}, quiet);
    const result = await environment.run(print, request({ n: MAX_VALUE_BYTES }));
    assert.equal(jsonBytes(result), MAX_VALUE_BYTES);
    const failure = await failureOf(environment.run(print, request({ n: MAX_VALUE_BYTES + 1 })));
    assert.equal(failure.type, PAYLOAD_TOO_LARGE);
    assert.equal(failure.nonRetryable, true);
    assert.match(failure.message, /'only' takes 2,000,001 bytes/);
  });

  it('is refused an output that its contract does not allow', async () => {
    const failure = await failureOf(perform(async () => ({ thrice: 3 }) as unknown as Doubled, { n: 1 }));
    assert.equal(failure.type, 'INVALID_OUTPUT');
    assert.equal(failure.nonRetryable, true);
  });

  it('fails with the code of its error, retryable only if the error says so', async () => {
    const final = await failureOf(perform(failing(false), { n: 1 }));
    assert.deepEqual([final.type, final.nonRetryable], ['TOO_MANY_MISSING', true]);
    const passing = await failureOf(perform(failing(true), { n: 1 }));
    assert.deepEqual([passing.type, passing.nonRetryable], ['TOO_MANY_MISSING', false]);
  });

  it('is retried for an error that says nothing of itself', async () => {
    const failure = await failureOf(perform(() => Promise.reject(new RangeError('odd')), { n: 1 }));
    assert.deepEqual([failure.type, failure.nonRetryable, failure.message], ['RangeError', false, 'odd']);
  });

  it('ends as cancelled whatever it throws once it was cancelled', async () => {
    const environment = new MockActivityEnvironment({}, quiet);
    const run = async (_input: unknown, { signal }: { signal: AbortSignal }): Promise<Doubled> => {
      environment.cancel('CANCELLED');
      assert.ok(signal.aborted);
      throw new Error('connection closed');
    };
    await assert.rejects(perform(run, { n: 1 }, environment), CancelledFailure);
  });

  it('sends its progress again while it waits', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 30 }, quiet);
    const beats: unknown[] = [];
    const again = new Promise<void>((resolve) => {
      environment.on('heartbeat', (details: unknown) => {
        beats.push(details);
        if (beats.length === 3) resolve();
      });
    });
    const progress = { done: 1, total: 2, unit: 'answers' };
    await perform(
      async (_input, context) => {
        context.heartbeat(progress);
        await again;
        return { twice: 1 };
      },
      { n: 1 },
      environment,
    );
    assert.deepEqual(beats.slice(0, 3), [progress, progress, progress]);
  });

  it('reads the settings of a digest once, and again after a failed read', async () => {
    const double = createActivities(dependencies, [activity(async ({ n }) => ({ twice: 2 * n }))])['double'];
    assert.ok(double);
    const lost = { ...request({ n: 1 }), run: { ...request({}).run, settingsDigest: 'lost' } };
    const run = (of: ActivityRequest): Promise<unknown> =>
      new MockActivityEnvironment({}, quiet).run(double, of);
    await assert.rejects(run(lost), { type: 'Error' });
    await run(lost);
    await run(lost);
    await run(request({ n: 1 }));
    assert.deepEqual(reads, ['lost', 'lost', 'abc']);
  });

  it('logs its input without the keys in it', async () => {
    const lines: string[] = [];
    dependencies = { ...dependencies, log: pino({}, { write: (line: string) => void lines.push(line) }) };
    const open = { ...activity(async () => ({ twice: 2 })), input: { type: 'object' } as const };
    const double = createActivities(dependencies, [open])['double'];
    assert.ok(double);
    const input = { headers: 'Bearer sk-1234567890abcdefghijkl', kept: 'text' };
    await new MockActivityEnvironment({}, quiet).run(double, request(input));
    const logged = lines.join('');
    assert.match(logged, /"kept":"text"/u);
    assert.doesNotMatch(logged, /sk-1234/u);
  });
});

describe('activityCatalogue', () => {
  it('has the contract of every activity by its name, without its code', () => {
    const catalogue = activityCatalogue([activity(async () => ({ twice: 0 }))]);
    assert.deepEqual([...catalogue.keys()], ['double']);
    assert.ok(!('run' in (catalogue.get('double') ?? {})));
  });
});
