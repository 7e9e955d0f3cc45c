/** Runs a pipeline while its worker, its Temporal server and its model server are killed and stopped at random moments. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelServerOptions } from '../../deploy/model-server/server.ts';
import type { Value } from '../../definitions/model/types.ts';
import { isDiskFull } from '../../definitions/documents/system-error.ts';
import { groupBy } from '../../activities/statistics/group-by.ts';
import { createRandom, shuffle } from '../../activities/randomness/random.ts';
import { readCompleted, startModelProcess } from './model-process.ts';
import { startPipeline, type Pipeline } from './pipeline.ts';
import { freePort, launchTemporal } from './temporal.ts';

const disturbances = ['kill worker', 'stop worker', 'kill Temporal', 'stop Temporal', 'kill models'] as const;
type DisturbanceKind = (typeof disturbances)[number] | 'fill disk' | 'write-protect';

/** Milliseconds since 1970. */
interface Disturbance {
  readonly kind: DisturbanceKind;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A call that the model server answered in full. */
interface AnsweredCall {
  readonly digest: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ChaosOptions {
  readonly seed: number;
  /** Disturbances in all; the run must not be over before the last. */
  readonly count: number;
  /** From one disturbance to the next, in milliseconds: half to one and a half times of it. */
  readonly everyMs: number;
  readonly params: { readonly [name: string]: Value };
  readonly models: ModelServerOptions;
  /** Variables of the worker's environment. */
  readonly workerEnv?: { readonly [name: string]: string };
  /** The data lie on a disk of so many megabytes, which is filled or write-protected now and then instead of all else; takes root to mount it. */
  readonly diskMegabytes?: number;
}

export interface ChaosResult {
  /** Its worker and servers still run; to be closed. */
  readonly pipeline: Pipeline;
  readonly calls: readonly AnsweredCall[];
  readonly disturbances: readonly Disturbance[];
  close(): Promise<void>;
}

export const chaosRunId = 'chaos';

/** Until a journal has an answer that has reached the worker, on a busy machine. */
const JOURNAL_MS = 3_000;

/** Runs `prose` to its end. @param count 0 = undisturbed. */
export async function runThroughChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, count, everyMs, params, workerEnv = {}, diskMegabytes } = options;
  const random = createRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'prose-chaos-'));
  const port = await freePort();
  const database = join(folder, 'temporal.db');
  let temporal = await launchTemporal(port, database);
  const log = join(folder, 'completed.jsonl');
  const pipeline = await startPipeline(options.models, temporal.address, undefined, (models) =>
    startModelProcess(models, log),
  );
  const data = join(pipeline.root, 'data');
  if (diskMegabytes !== undefined) mountDisk(data, diskMegabytes);
  const kinds: readonly DisturbanceKind[] =
    diskMegabytes === undefined ? disturbances : ['fill disk', 'write-protect'];
  const done: Disturbance[] = [];

  const disturb: { readonly [kind in DisturbanceKind]: (forMs: number) => Promise<void> } = {
    'kill worker': async () => {
      await pipeline.killWorker();
      await pipeline.startWorker(workerEnv);
    },
    'stop worker': (forMs) => pipeline.pauseWorker(forMs),
    'kill Temporal': async (forMs) => {
      await temporal.kill();
      await sleep(forMs);
      temporal = await launchTemporal(port, database);
    },
    'stop Temporal': (forMs) => temporal.pause(forMs),
    'kill models': (forMs) => pipeline.restartModels(forMs),
    'fill disk': async (forMs) => {
      const ballast = join(data, 'ballast');
      const { bavail, bsize } = statfsSync(data);
      try {
        writeFileSync(ballast, Buffer.alloc(bavail * bsize, 1));
      } catch (error) {
        // Somebody was faster with the last of it: it is full.
        if (!isDiskFull(error)) throw error;
      }
      await sleep(forMs);
      rmSync(ballast);
    },
    // Only a mount keeps root from writing; what is open for writing stays so.
    'write-protect': async (forMs) => {
      execFileSync('mount', ['--bind', '-o', 'ro', data, data]);
      await sleep(forMs);
      execFileSync('umount', ['--lazy', data]);
    },
  };

  const close = async (): Promise<void> => {
    if (diskMegabytes !== undefined) {
      await pipeline.killWorker();
      execFileSync('umount', ['--lazy', data]);
    }
    await pipeline.close();
    await temporal.kill();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await pipeline.startWorker(workerEnv);
    const handle = await pipeline.start('prose', params, chaosRunId);
    let isOver = false;
    const ended = untilEnded(handle.result.bind(handle)).finally(() => (isOver = true));
    // A failure is thrown where it is awaited.
    ended.catch(() => {});
    const order = Array.from({ length: count }, (_, index) => kinds[index % kinds.length] ?? 'kill worker');
    for (const kind of shuffle(order, random)) {
      await sleep(everyMs * (0.5 + random()));
      if (isOver) break;
      const fromMs = Date.now();
      await disturb[kind](200 + 1_800 * random());
      done.push({ kind, fromMs, toMs: Date.now() });
    }
    await ended;
  } catch (error) {
    // What still runs would keep the tests from ending.
    await close();
    throw error;
  }
  const calls = readCompleted(log).map(({ digest, totalSeconds, atMs: toMs }) => {
    return { digest, fromMs: toMs - totalSeconds * 1000, toMs };
  });
  return { pipeline, calls, disturbances: done, close };
}

/** What lies in the folder is on the disk too. */
function mountDisk(folder: string, megabytes: number): void {
  const aside = `${folder}-before`;
  renameSync(folder, aside);
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  cpSync(aside, folder, { recursive: true });
  rmSync(aside, { recursive: true });
}

/** The client's own wait for a result does not outlive the death of the server. */
async function untilEnded(result: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await result();
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'WorkflowFailedError') throw error;
      await sleep(250);
    }
  }
}

/** Calls that were answered more than once, though no disturbance met them on their way: each was paid for twice for nothing. */
export function wronglyRepeated({ calls, disturbances: met }: Pick<ChaosResult, 'calls' | 'disturbances'>): {
  readonly repeated: number;
  readonly unexplained: readonly string[];
} {
  const byDigest = groupBy(calls, ({ digest }) => digest);
  const unexplained: string[] = [];
  let repeated = 0;
  for (const [digest, answers] of byDigest) {
    // Each answer but the last was lost; only what was in flight at a disturbance may be.
    for (const { fromMs, toMs } of answers.toSorted((one, other) => one.toMs - other.toMs).slice(0, -1)) {
      repeated += 1;
      const wasMet = met.some((one) => one.fromMs <= toMs + JOURNAL_MS && one.toMs >= fromMs);
      if (!wasMet) unexplained.push(digest);
    }
  }
  return { repeated, unexplained };
}
