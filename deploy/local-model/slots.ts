/** Who may generate: as many at once as there are slots, the others in the order in which they came. Pure. */

export interface Slots<Slot> {
  /** Uses of slots, and those who wait for one. */
  readonly load: number;
  /**
   * Does work with the free slot that suits it best, once there is one.
   *
   * @param suits how well a slot suits, more being better.
   * @param signal gives the place in the line up; it then rejects with the signal's reason.
   */
  use<T>(suits: (slot: Slot) => number, signal: AbortSignal, work: (slot: Slot) => Promise<T>): Promise<T>;
}

export function createSlots<Slot>(all: readonly Slot[]): Slots<Slot> {
  const free = new Set(all);
  const waiting = new Set<() => void>();
  let load = 0;

  function wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        waiting.delete(enter);
        reject(signal.reason as Error);
      };
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.add(enter);
    });
  }

  return {
    get load() {
      return load;
    },
    async use(suits, signal, work) {
      load += 1;
      try {
        signal.throwIfAborted();
        while (free.size === 0) await wait(signal);
        const [best] = [...free].toSorted((one, other) => suits(other) - suits(one));
        if (best === undefined) throw new RangeError('There are no slots.');
        free.delete(best);
        try {
          return await work(best);
        } finally {
          free.add(best);
          const [next] = waiting;
          if (next !== undefined) {
            waiting.delete(next);
            next();
          }
        }
      } finally {
        load -= 1;
      }
    },
  };
}
