/** Whether this machine has GPUs, as far as a worker has to know. */
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { QueueConfig } from '../configs/types.ts';

type Environment = { readonly [name: string]: string | undefined };

/** True if `CUDA_VISIBLE_DEVICES` names a device, or, where it is not set, if `nvidia-smi` is on the PATH. */
export async function hasGpu(env: Environment): Promise<boolean> {
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined) return visible !== '' && visible !== '-1';
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => canAccess(join(folder, 'nvidia-smi'))));
  return found.includes(true);
}

/** What to tell a user whose GPU task queues are served by a machine without a GPU; undefined if nothing is amiss. */
export function gpuNotice(
  queues: readonly string[],
  configs: { readonly [queue: string]: QueueConfig },
  isGpuThere: boolean,
): string | undefined {
  const tagged = queues.filter((queue) => configs[queue]?.gpu !== undefined);
  if (isGpuThere || tagged.length === 0) return undefined;
  return `This machine shows no GPU: it plays the GPU task queues ${tagged.join(', ')} on its CPU.`;
}

function canAccess(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
