/**
 * A worker process: `node --import tsx workers/main.ts --queues prose,gpu-main --root DIR [--without-gpus]`.
 *
 * A task queue with a GPU tag is served only where there are such GPUs, unless --without-gpus says that it is played on the CPU.
 * Polls the named task queues until SIGTERM or SIGINT, then lets its activities end. Prints one line of JSON,
 * `{"ready":true,"queues":[…]}`, once it polls; everything else goes to standard error. Exit codes: 0 stopped,
 * 1 it could not run, 2 its arguments or configs are wrong.
 *
 * Environment: `TEMPORAL_ADDRESS`, without which there is no server to work for, the other `TEMPORAL_*` (connect.ts),
 * `PROSE_TASK_QUEUE_PREFIX` (before the names of task queues on the server), `PROSE_TEMPORAL_MARK` (a namespace that the server must have: it is the project's own), `PROSE_EMBEDDED_URL` (base URL of the
 * embedded models, where configs say `embedded`), `CUDA_VISIBLE_DEVICES`, the API keys that configs name, and what
 * definitions name for `command` and `http`. Started with a channel to its parent (`ipc`), it ends when that one does.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime, type NativeConnection, type Worker } from '@temporalio/worker';
import { GpuPool, type GpuShare } from '../activities/attempts/gpu-pool.ts';
import { createActivities, createInternalActivities } from '../activities/index.ts';
import { createAnswerCache } from '../activities/inference/answers/answer-cache.ts';
import { createModelClient } from '../activities/inference/create-model-client.ts';
import { withoutSecrets } from '../activities/attempts/hide-in-answer.ts';
import { loadActivities } from '../activities/attempts/load-user-activities.ts';
import { digestCode } from '../activities/attempts/task-cache/code-digests.ts';
import { createTaskCache } from '../activities/attempts/task-cache/task-cache.ts';
import { createStore } from '../activities/store/create-store.ts';
import { openBackend } from '../activities/store/open-backend.ts';
import { trainers } from '../activities/trainers/index.ts';
import { loadSettings } from '../configs/load.ts';
import { identifyProject } from '../configs/project/identity.ts';
import { rolesOf } from '../configs/settings/roles.ts';
import type { QueueConfig } from '../configs/settings/types.ts';
import { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import { formatProblem } from '../definitions/documents/format-problem.ts';
import { withPrefix } from '../definitions/model/task-queue-on-server.ts';
import { namespaceOf, taskQueuePrefixOf } from '../deploy/temporal/connection.ts';
import { ActivationWatch } from './activation-watch.ts';
import { connectionOptions, connectPatiently } from './connect.ts';
import { createWorkers } from './create-workers.ts';
import { findGpus, GPU_ADVICE, playNotice, shareGpus } from './gpu.ts';
import { isOwnServer, watchServer } from './own-server.ts';
import { createWorkerLogger } from './run-logs.ts';
import { workflowBundlePath } from './workflow-bundle.ts';

const EXIT_WRONG_INPUT = 2;

/** What the user has to mend, as opposed to a fault. */
class InputError extends Error {}

/** What this process must not let out; `command` and `http` add what definitions name. */
const secrets = SecretKeeper.of(process.env);

function say(line: string): void {
  process.stderr.write(`${secrets.hide(line)}\n`);
}

interface Arguments {
  readonly queues: readonly string[];
  readonly root: string;
  readonly isWithoutGpus: boolean;
}

function readArguments(): Arguments {
  const options = {
    queues: { type: 'string' },
    root: { type: 'string', default: '.' },
    'without-gpus': { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ options });
  const queues = [...new Set((values.queues ?? '').split(',').map((name) => name.trim()))].filter(
    (name) => name !== '',
  );
  if (queues.length === 0)
    throw new InputError('Give the task queues to work for, such as --queues prose,gpu-main.');
  return { queues, root: resolve(values.root), isWithoutGpus: values['without-gpus'] };
}

type QueueConfigs = { readonly [queue: string]: QueueConfig };
type Shares = ReadonlyMap<string, GpuShare>;

/** Throws `InputError` if this machine lacks the GPUs of one of the task queues. */
async function assignGpus(queues: readonly string[], configs: QueueConfigs): Promise<Shares> {
  if (queues.every((queue) => configs[queue]?.gpu === undefined)) return new Map();
  const { shares, problems } = shareGpus(queues, configs, await findGpus(process.env));
  if (problems.length > 0) throw new InputError([...problems, GPU_ADVICE].join('\n'));
  return shares;
}

function playGpus(queues: readonly string[], configs: QueueConfigs): Shares {
  const notice = playNotice(queues, configs);
  if (notice !== undefined) say(notice);
  return new Map();
}

/**
 * Ends this process at a signal, or when its parent does, until the returned function is called: the SDK's runtime takes
 * signals over as soon as it is installed, but passes them on to workers that run only.
 */
function endAtSignal(): () => void {
  const end = (): void => process.exit(0);
  const signals = ['SIGTERM', 'SIGINT', 'disconnect'] as const;
  for (const signal of signals) process.on(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}

/** Where work is taken from, said so that a worker never takes a stranger's: there is no standard address. */
function addressOf(env: NodeJS.ProcessEnv): string {
  const address = env['TEMPORAL_ADDRESS'];
  if (address) return address;
  throw new InputError(
    'TEMPORAL_ADDRESS is not set: it names the Temporal server to work for. `prose worker` knows that of the local stack.',
  );
}

/**
 * Lets the workers end when the parent of this process does, or when the server is another than the project's own.
 *
 * @returns a function that ends the watch.
 */
function watchOver(
  workers: readonly Worker[],
  connection: NativeConnection,
  mark: string | undefined,
): () => void {
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.on('disconnect', shutdown);
  if (mark === undefined) return () => {};
  return watchServer(connection, mark, () => {
    say(STRANGER);
    process.exitCode = 1;
    shutdown();
  });
}

const STRANGER =
  "The Temporal server at TEMPORAL_ADDRESS is not this project's own, which has ended: nothing is taken from it. `prose up` starts the project's own again.";

async function main(): Promise<void> {
  const { env } = process;
  // The channel is there to be closed from the other end; it must not keep this process.
  process.channel?.unref();
  const release = endAtSignal();
  const { queues, root, isWithoutGpus } = readArguments();
  const address = addressOf(env);
  const prefix = taskQueuePrefixOf(env);
  const settings = await loadSettings(root, {}, trainers);
  if (!settings.ok)
    throw new InputError(settings.problems.map((problem) => formatProblem(problem)).join('\n'));
  for (const { model } of rolesOf(settings.value))
    if (model.apiKeyEnv !== undefined) secrets.keep(env[model.apiKeyEnv]);
  const code = await digestCode(root);
  const list = await loadActivities(root);
  if (!list.ok) throw new InputError(list.problems.map((problem) => formatProblem(problem)).join('\n'));
  const configs = settings.value.queues;
  const unknown = queues.filter((queue) => configs[queue] === undefined);
  if (unknown.length > 0) {
    const known = Object.keys(configs).join(', ');
    throw new InputError(`No task queue ${unknown.join(', ')} in configs/queues.yaml; there are ${known}.`);
  }
  const shares = isWithoutGpus ? playGpus(queues, configs) : await assignGpus(queues, configs);

  const temporalLogger = new DefaultLogger('WARN');
  const filter = { core: 'WARN', other: 'ERROR' } as const;
  Runtime.install({ logger: temporalLogger, telemetryOptions: { logging: { forward: {}, filter } } });
  const connection = await connectPatiently(await connectionOptions(address, env), say);
  const mark = env['PROSE_TEMPORAL_MARK'] || undefined;
  if (mark !== undefined && !(await isOwnServer(connection, mark))) throw new InputError(STRANGER);
  const project = await identifyProject(root, say);
  const backend = openBackend(root);
  const log = createWorkerLogger(backend, process.stderr, secrets);
  const store = await createStore({ root, backend });
  const environment = (name: string): string | undefined => env[name] || undefined;
  const models = createModelClient({
    embeddedUrl: environment('PROSE_EMBEDDED_URL'),
    apiKey: (name) => secrets.keep(environment(name)),
    log,
    cache: withoutSecrets(createAnswerCache({ backend, log }), secrets),
  });
  const cache = createTaskCache(root, backend, code);
  const gpus = new GpuPool(new Map([...shares].map(([queue, share]) => [withPrefix(prefix, queue), share])));
  const dependencies = { root, project, store, models, log, environment, secrets, cache, gpus };
  const watch = new ActivationWatch(root, say);
  try {
    const workers = await createWorkers({
      connection,
      namespace: namespaceOf(env),
      prefix,
      queues,
      configs,
      shares,
      activities: createActivities(dependencies, list.value),
      internal: createInternalActivities(dependencies, list.value),
      store,
      project,
      watch,
      bundlePath: () => workflowBundlePath(root, temporalLogger),
    });
    // From here on the SDK's runtime turns SIGTERM and SIGINT into a shutdown of every worker.
    const running = Promise.all(workers.map((worker) => worker.run()));
    release();
    const stopWatching = watchOver(workers, connection, mark);
    process.stdout.write(`${JSON.stringify({ ready: true, queues })}\n`);
    await running.finally(stopWatching);
  } finally {
    watch.close();
    await models.close();
    await store.close();
    await connection.close();
  }
}

try {
  await main();
} catch (error) {
  say(
    error instanceof InputError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  process.exitCode = error instanceof InputError ? EXIT_WRONG_INPUT : 1;
}
