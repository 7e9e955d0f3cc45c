/** The GPUs of this machine, and what the task queues of a worker get of them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Gpu, GpuShare } from '../activities/attempts/gpu-pool.ts';
import type { GpuTag, QueueConfig } from '../configs/settings/types.ts';

type Environment = { readonly [name: string]: string | undefined };

const QUERY = ['--query-gpu=index,uuid,name,memory.total', '--format=csv,noheader,nounits'];
const QUERY_TIMEOUT_MS = 30_000;
/** Drivers and error correction keep some of the memory that the name of a GPU promises: an 80 GiB one has 79.6, a 24 GiB one 22.5. */
const LEAST_MEMORY_SHARE = 0.92;
const MIB: { readonly [unit: string]: number } = { MiB: 1, GiB: 1024, TiB: 1024 * 1024 };

/** The GPUs that this process may use, and if there are none, why. */
export interface FoundGpus {
  readonly gpus: readonly Gpu[];
  readonly reason: string;
}

/** Asks `nvidia-smi`, which is looked for on the PATH, and keeps to `CUDA_VISIBLE_DEVICES` where that is set. */
export async function findGpus(env: Environment): Promise<FoundGpus> {
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible === '' || visible === '-1')
    return { gpus: [], reason: `CUDA_VISIBLE_DEVICES='${visible}' hides all GPUs` };
  let listed: string;
  try {
    const options = { env: { ...env }, timeout: QUERY_TIMEOUT_MS };
    listed = (await promisify(execFile)('nvidia-smi', QUERY, options)).stdout;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = error instanceof Error ? error.message.trim().split('\n').join('; ') : String(error);
    return {
      gpus: [],
      reason: isMissing ? 'there is no nvidia-smi on the PATH' : `nvidia-smi failed: ${message}`,
    };
  }
  const gpus = visibleGpus(parseGpus(listed), visible);
  return {
    gpus,
    reason: visible === undefined ? 'nvidia-smi lists none' : `CUDA_VISIBLE_DEVICES is '${visible}'`,
  };
}

interface ListedGpu extends Gpu {
  readonly uuid: string;
}

/** The lines of `nvidia-smi` for `QUERY`; what is no such line is passed over. */
function parseGpus(text: string): readonly ListedGpu[] {
  return text.split('\n').flatMap((line) => {
    const [, id, uuid, name, memory] = /^(\d+), ([^,]+), (.+), (\d+)\s*$/.exec(line.trim()) ?? [];
    if (id === undefined || uuid === undefined || name === undefined) return [];
    return [{ id, uuid, name, memoryMiB: Number(memory) }];
  });
}

/** As CUDA reads the variable: numbers or beginnings of UUIDs; what comes after the first that is none does not count. */
function visibleGpus(listed: readonly ListedGpu[], visible: string | undefined): readonly Gpu[] {
  if (visible === undefined) return listed.map(({ id, name, memoryMiB }) => ({ id, name, memoryMiB }));
  const gpus: Gpu[] = [];
  for (const token of visible.split(',').map((part) => part.trim())) {
    const found = listed.find(
      ({ id, uuid }) => id === token || (token.startsWith('GPU-') && uuid.startsWith(token)),
    );
    if (found === undefined) break;
    gpus.push({ id: token, name: found.name, memoryMiB: found.memoryMiB });
  }
  return gpus;
}

/** Whether a GPU is what a tag asks for. */
export function fitsTag({ name, memoryMiB }: Gpu, { type, memory }: GpuTag): boolean {
  const [, amount, unit = ''] = /^(\d+)(\w+)$/.exec(memory ?? '') ?? [];
  const wanted = amount === undefined ? 0 : Number(amount) * (MIB[unit] ?? 1);
  return (
    memoryMiB >= wanted * LEAST_MEMORY_SHARE &&
    (type === undefined || ` ${words(name)} `.includes(` ${words(type)} `))
  );
}

/** `RTX-4090` and `GeForce RTX 4090` have the words `rtx 4090` in common. */
function words(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** What each task queue with a GPU tag gives one activity. Problems: a sentence for each that this machine cannot serve. */
export function shareGpus(
  queues: readonly string[],
  configs: { readonly [queue: string]: QueueConfig },
  { gpus, reason }: FoundGpus,
): { readonly shares: ReadonlyMap<string, GpuShare>; readonly problems: readonly string[] } {
  const shares = new Map<string, GpuShare>();
  const problems: string[] = [];
  for (const queue of queues) {
    const tag = configs[queue]?.gpu;
    if (tag === undefined) continue;
    const fitting = gpus.filter((gpu) => fitsTag(gpu, tag));
    if (fitting.length >= tag.count) shares.set(queue, { count: tag.count, gpus: fitting });
    else {
      const there = gpus.length === 0 ? `none: ${reason}` : gpus.map(describeGpu).join(', ');
      problems.push(
        `The task queue ${queue} gives each activity ${describeTag(tag)}; this worker has ${there}.`,
      );
    }
  }
  return { shares, problems };
}

/** Activities that a worker runs at once on a task queue: no more than it has sets of GPUs for. */
export function slotsOf({ concurrency }: QueueConfig, share: GpuShare | undefined): number {
  return share === undefined
    ? concurrency
    : Math.min(concurrency, Math.floor(share.gpus.length / share.count));
}

/** What to do where GPUs are lacking. */
export const GPU_ADVICE =
  'Start it on a machine that has them; or, where the models are behind a server of their own, remove the tag `gpu` from the ' +
  'task queue in configs/queues.yaml; or try things out with --without-gpus.';

/** What to tell a user whose GPU task queues are served without GPUs; undefined if there are none. */
export function playNotice(
  queues: readonly string[],
  configs: { readonly [queue: string]: QueueConfig },
): string | undefined {
  const tagged = queues.filter((queue) => configs[queue]?.gpu !== undefined);
  if (tagged.length === 0) return undefined;
  return `This worker plays the GPU task queues ${tagged.join(', ')} on its CPU: their activities are given no GPUs.`;
}

function describeTag({ count, type, memory }: GpuTag): string {
  const kind = [type, memory === undefined ? undefined : `with ${memory}`].filter(
    (part) => part !== undefined,
  );
  return [`${count} ${count === 1 ? 'GPU' : 'GPUs'}`, ...kind].join(' ');
}

function describeGpu({ id, name, memoryMiB }: Gpu): string {
  return `GPU ${id} (${name}, ${(memoryMiB / 1024).toFixed(1)}GiB)`;
}
