/**
 * Starts what is missing of a project's local stack: a Temporal server, the embedded model server and one worker for
 * all task queues. Each is a process of its own that outlives this one, until `stopStack`.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identifyProject } from '../../configs/project/identity.ts';
import { endProcess } from './end-process.ts';
import { withFileLock } from './file-lock.ts';
import { localModelDigest, startLocalModel } from './local-model-part.ts';
import { modelsDigest, startModelServer } from './models-part.ts';
import type { PartContext, StartOptions } from './part-context.ts';
import { isAlive } from './process-identity.ts';
import { readQueueNames } from './queue-names.ts';
import { digestSource } from './source-digest.ts';
import { isServerHealthy } from './server-part.ts';
import { usualParts, type Part, type PartName } from './stack-part.ts';
import { readStackState, setCopyAside, stackDirectory, writeStackState } from './stack-state.ts';
import { gracePeriodsMs } from './stop-stack.ts';
import { isTemporalHealthy, startTemporal } from './temporal-part.ts';
import { startWorker, workerDigest } from './worker-part.ts';

/** A stack that is up. */
export interface Stack {
  /** Temporal's `host:port`, local or given. */
  readonly address: string;
  /** Temporal's web interface; absent for a server that is not ours. */
  readonly uiUrl?: string;
  /** Base URL of the embedded model server, ending in `/v1`. */
  readonly embeddedUrl: string;
  /** The local model server: its base URL, ending in `/v1`, and the model's name; absent if it was never started. */
  readonly localModel?: { readonly endpoint: string; readonly name: string };
  /** The parts this call had to start. */
  readonly started: readonly PartName[];
}

/** Of the local model server, where none was named. */
const DEFAULT_MODEL = 'smollm2';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Brings the stack up and resolves when every part wanted is ready. Parts that are healthy and up to date stay as
 * they are; dead and outdated ones are started again. Two calls at once, in any processes, end with one stack.
 * Throws `StackError`, or `TemporalNotFoundError` if there is no way to get a Temporal server.
 */
export async function startStack(options: StartOptions): Promise<Stack> {
  const { root, env, log = () => {}, ports = {}, parts = usualParts } = options;
  const context: PartContext = {
    root,
    project: await identifyProject(root, log),
    env,
    log,
    ports,
    packageRoot,
    sourceDigest: await digestSource(packageRoot, root),
  };
  return withFileLock(
    join(stackDirectory(root), 'stack.lock'),
    () => startLocked(context, parts, options),
    (pid) => log(`Waiting for process ${pid}, which is starting or stopping this stack`),
  );
}

async function startLocked(
  context: PartContext,
  wanted: readonly PartName[],
  { queues, localModel: asked }: StartOptions,
): Promise<Stack> {
  const { root, project, env, log } = context;
  const aside = await setCopyAside(root);
  if (aside !== undefined)
    log(`The runs of the project that this folder was copied from stay with it: their copy lies in ${aside}`);
  let state = await readStackState(root);
  let lastWrite = Promise.resolve();
  const recorder =
    (name: PartName) =>
    (part: Part): Promise<void> => {
      state = { ...state, [name]: part };
      const snapshot = state;
      lastWrite = lastWrite.then(() => writeStackState(root, project, snapshot));
      return lastWrite;
    };
  const started: PartName[] = [];

  /** Keeps a part that is fit, else ends what is left of it and starts it. */
  const ensurePart = async (
    name: PartName,
    isFit: (part: Part) => boolean | Promise<boolean>,
    start: (before: Part | undefined, record: (part: Part) => Promise<void>) => Promise<Part>,
  ): Promise<Part | undefined> => {
    const before = state[name];
    if (!wanted.includes(name)) return before;
    if (before !== undefined && (await isFit(before))) return before;
    if (before !== undefined && (await endProcess(before.process, gracePeriodsMs[name]))) {
      log(`Restarting ${descriptions[name]}`);
    } else log(`Starting ${descriptions[name]}`);
    const part: Part = { ...(await start(before, recorder(name))), ready: true };
    await recorder(name)(part);
    started.push(name);
    return part;
  };

  const givenAddress = env['TEMPORAL_ADDRESS'] || undefined;
  const wantedModel = asked ?? state.localModel?.model ?? DEFAULT_MODEL;
  const [temporal, models, localModel] = await settleAll([
    givenAddress === undefined
      ? ensurePart('temporal', isTemporalHealthy, (before, record) => startTemporal(context, before, record))
      : Promise.resolve(undefined),
    ensurePart(
      'models',
      async (part) => part.digest === modelsDigest(context) && (await isServerHealthy(part)),
      (before, record) => startModelServer(context, before, record),
    ),
    ensurePart(
      'localModel',
      async (part) => part.digest === localModelDigest(wantedModel, context) && (await isServerHealthy(part)),
      (before, record) => startLocalModel(wantedModel, context, before, record),
    ),
  ]);
  const address = givenAddress ?? temporal?.address ?? '';
  const embeddedUrl = models?.address ?? '';
  if (wanted.includes('worker')) {
    const mark = givenAddress === undefined ? temporal?.mark : undefined;
    const inputs = {
      address,
      embeddedUrl,
      queues: queues ?? (await readQueueNames(root)),
      ...(mark !== undefined && { mark }),
    };
    await ensurePart(
      'worker',
      (part) => part.ready === true && isAlive(part.process) && part.digest === workerDigest(context, inputs),
      (_before, record) => startWorker(context, inputs, record),
    );
  }
  const uiUrl = givenAddress === undefined ? temporal?.uiUrl : undefined;
  const served = wanted.includes('localModel') &&
    localModel?.address !== undefined && {
      localModel: { endpoint: localModel.address, name: localModel.servedAs ?? '' },
    };
  return { address, embeddedUrl, started, ...(uiUrl !== undefined && { uiUrl }), ...served };
}

const descriptions: { readonly [name in PartName]: string } = {
  temporal: 'the Temporal server',
  models: 'the embedded model server (simulated models)',
  localModel: 'the local model server',
  worker: 'the worker',
};

/** All values; the first error once every one is settled, so that nothing goes on behind the caller's back. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
