/** The GPUs of a worker process, shared out among the activities that run on its tagged task queues. */
import type { Logger } from 'pino';

/** One GPU that this process may use. */
export interface Gpu {
  /** As `CUDA_VISIBLE_DEVICES` names it: its number in the order of the PCI bus, or what the worker's own variable says. */
  readonly id: string;
  /** As `nvidia-smi` says it, e.g. `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  readonly memoryMiB: number;
}

/** What one activity of a task queue is given. */
export interface GpuShare {
  readonly count: number;
  /** The GPUs it may be given; at least `count`. */
  readonly gpus: readonly Gpu[];
}

interface Waiter extends GpuShare {
  readonly take: (gpus: readonly Gpu[]) => void;
}

/** No GPU is ever given to two activities at once; who waits longest for one is given it first. */
export class GpuPool {
  readonly #shares: ReadonlyMap<string, GpuShare>;
  readonly #busy = new Set<string>();
  #waiting: readonly Waiter[] = [];

  /** @param shares by task queue; the activities of all others are given none. */
  constructor(shares: ReadonlyMap<string, GpuShare> = new Map()) {
    this.#shares = shares;
  }

  /**
   * Runs `work` with the GPUs that its task queue gives one activity, which are given back whatever becomes of it. Waits
   * while activities of other task queues have them. Rejects with the signal's reason if it is aborted meanwhile.
   */
  async use<T>(
    taskQueue: string,
    { signal, log }: { readonly signal: AbortSignal; readonly log: Logger },
    work: (gpus: readonly Gpu[]) => Promise<T>,
  ): Promise<T> {
    const share = this.#shares.get(taskQueue);
    if (share === undefined) return work([]);
    const gpus = await this.#take(share, signal, () => {
      log.info(
        { taskQueue },
        "waiting for a GPU, which an activity of another of this worker's task queues has",
      );
    });
    try {
      return await work(gpus);
    } finally {
      for (const { id } of gpus) this.#busy.delete(id);
      this.#grant();
    }
  }

  #take(share: GpuShare, signal: AbortSignal, onWait: () => void): Promise<readonly Gpu[]> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(signal.reason as Error);
        this.#grant();
      };
      const waiter: Waiter = {
        ...share,
        take: (gpus) => {
          signal.removeEventListener('abort', leave);
          resolve(gpus);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting = [...this.#waiting, waiter];
      this.#grant();
      if (this.#waiting.includes(waiter)) onWait();
    });
  }

  /** Serves those that wait in their order; what an earlier one waits for is not given to a later one. */
  #grant(): void {
    const spokenFor = new Set<string>();
    this.#waiting = this.#waiting.filter(({ count, gpus, take }) => {
      const free = gpus.filter(({ id }) => !this.#busy.has(id) && !spokenFor.has(id));
      const given = free.slice(0, count);
      if (given.length < count) {
        for (const { id } of gpus) spokenFor.add(id);
        return true;
      }
      for (const { id } of given) this.#busy.add(id);
      take(given);
      return false;
    });
  }
}

/** The variables that show a process these GPUs and no others. */
export function gpuVariables(gpus: readonly Gpu[]): { readonly [name: string]: string } {
  // Without the order, CUDA counts from the fastest, and nvidia-smi from the first on the bus.
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpus.map(({ id }) => id).join(',') };
}
