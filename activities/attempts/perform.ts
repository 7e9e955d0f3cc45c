/** One attempt of an activity, between Temporal and the activity's own code. */
import { setMaxListeners } from 'node:events';
import { ApplicationFailure, cancellationSignal, Context } from '@temporalio/activity';
import type { ValidateFunction } from 'ajv';
import type { Logger } from 'pino';
import type { Settings } from '../../configs/settings/types.ts';
import { hideSecrets } from '../../definitions/documents/secret.ts';
import { SecretKeeper } from '../../definitions/documents/secret-keeper.ts';
import { assertFits } from '../../definitions/model/value-size.ts';
import type { Activity, ActivityContext, ActivityRequest } from '../activity.ts';
import { gpuVariables, type Gpu, type GpuPool } from './gpu-pool.ts';
import { chatWithoutSecrets } from './hide-in-answer.ts';
import { keepBeating } from './heartbeat.ts';
import { assertOwnRun } from './other-project.ts';
import type { ModelClient } from '../inference/model-client.ts';
import { runOfRound } from './run-of-round.ts';
import type { SpendLedger } from '../inference/spend/spend-ledger.ts';
import type { Store } from '../store/store.ts';
import type { TaskCache } from './task-cache/task-cache.ts';
import { toFailure } from './to-failure.ts';

/** Problems of one input or output that are told of. */
const MAX_PROBLEMS = 20;

/** What activities work with, made once per worker process. */
export interface ActivityDependencies {
  /** Absolute path of the project's root. */
  readonly root: string;
  /** The project's id. Runs of another one are handed back. */
  readonly project: string;
  readonly store: Store;
  readonly models: ModelClient;
  readonly log: Logger;
  /** Value of a variable of the process's environment. Default: none is set. */
  readonly environment?: (name: string) => string | undefined;
  /** Hides what was read of the environment. Default: one that knows nothing yet. */
  readonly secrets?: SecretKeeper;
  readonly cache: TaskCache;
  readonly gpus: GpuPool;
}

/** An activity with the compiled schemas of its contract. */
export interface Registered {
  readonly activity: Activity<never, unknown>;
  /** Whether it is one of PROSE's, not of the project's. */
  readonly isOwn: boolean;
  readonly checkInput: ValidateFunction;
  readonly checkOutput: ValidateFunction;
}

/**
 * Performs one attempt inside Temporal's activity context.
 *
 * @param ledger where the attempt's model calls are charged.
 * @param readSettings gives the settings pinned under a digest.
 * @returns the activity's output, checked against its contract; a `CachedOutput` where the request has `cache`.
 * @throws ApplicationFailure, whose type is the error's `code`: `INVALID_INPUT` and `INVALID_OUTPUT` are not
 * retryable, nor is `PAYLOAD_TOO_LARGE`, nor an error whose `retryable` is false; any other is left to the task's retry policy.
 */
export async function performActivity(
  { activity, isOwn, checkInput, checkOutput }: Registered,
  request: ActivityRequest,
  dependencies: ActivityDependencies,
  ledger: SpendLedger,
  readSettings: (digest: string) => Promise<Settings>,
): Promise<unknown> {
  assertOwnRun(dependencies, request.run.project, `The run '${request.run.runId}'`);
  const { root, store, models, log, cache, gpus } = dependencies;
  const { environment = () => undefined, secrets = new SecretKeeper() } = dependencies;
  const { task, with: input } = request;
  const run = runOfRound(request.run, request.rounds);
  const { attempt, taskQueue } = Context.current().info;
  const attemptLog = log.child({ runId: request.run.runId, task, activity: activity.name, attempt });
  const signal = cancellationSignal();
  // Every model call in flight listens to it.
  setMaxListeners(0, signal);
  const pulse = keepBeating();
  const account = ledger.account(run.budget?.run ?? run.runId, run.budget);
  const startedAt = performance.now();
  try {
    assertShape('INVALID_INPUT', `The input of '${activity.name}'`, checkInput, input);
    const settings = await readSettings(run.settingsDigest);
    attemptLog.info({ with: withoutSecrets(input) }, 'attempt started');
    const contextWith = (given: readonly Gpu[]): ActivityContext => ({
      run,
      task,
      settings,
      root,
      store,
      models: {
        ...models,
        chat: (call) => chatWithoutSecrets(models, { ...call, account }, secrets),
      },
      log: attemptLog,
      gpus: given.map(({ id }) => id),
      secrets,
      environment:
        given.length === 0 ? environment : (name) => gpuVariables(given)[name] ?? environment(name),
      signal,
      heartbeat: (progress) => pulse.beat(secrets.hideIn(progress)),
    });
    const work = async (): Promise<unknown> => {
      const made = await gpus.use(taskQueue, { signal, log: attemptLog }, (given) =>
        // The schema, checked above, stands between what came and the activity's own type.
        activity.run(input as never, contextWith(given)),
      );
      // Before it is kept for later runs, too.
      const output = secrets.hideIn(made);
      assertShape('INVALID_OUTPUT', `The output of '${activity.name}'`, checkOutput, output);
      assertFits(`The result of task '${task}'`, JSON.stringify(output));
      return output;
    };
    const { cache: option } = request;
    const result =
      option === undefined
        ? await work()
        : await cache.use({ activity, isOwn, run, task, input, option, settings, log: attemptLog }, work);
    attemptLog.info({ seconds: secondsSince(startedAt) }, 'attempt succeeded');
    return result;
  } catch (error) {
    // Whatever it is that a cancelled activity fails with, it ended because it was told to.
    if (signal.aborted) {
      attemptLog.info({ seconds: secondsSince(startedAt) }, 'attempt cancelled');
      throw signal.reason;
    }
    const failure = secrets.hideInError(toFailure(error));
    attemptLog.warn({ err: error, code: failure.type, seconds: secondsSince(startedAt) }, 'attempt failed');
    throw failure;
  } finally {
    pulse.stop();
  }
}

/** The dots that stand for a key leave JSON what it is. */
function withoutSecrets(input: unknown): unknown {
  return JSON.parse(hideSecrets(JSON.stringify(input)));
}

function assertShape(code: string, subject: string, check: ValidateFunction, value: unknown): void {
  if (check(value)) return;
  const problems = (check.errors ?? [])
    .slice(0, MAX_PROBLEMS)
    .map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`);
  throw ApplicationFailure.nonRetryable(
    `${subject} does not have its form: ${problems.join('; ')}.`,
    code,
    ...problems,
  );
}

function secondsSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt) / 1000;
}
