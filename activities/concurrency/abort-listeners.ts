/** What hears of a signal's abort. */
export interface Abortable {
  /** Its place among those that listen; -1 while it does not. Kept by `listen` and `unlisten`. */
  place: number;
  abort(reason: Error): void;
}

/**
 * Lists without gaps, not Sets: a Set that changes all the time makes itself a new table every so often, and V8 keeps what
 * is in the tables before, as each of them leads to the next, until it collects the whole heap.
 */
const listening = new WeakMap<AbortSignal, Abortable[]>();

/**
 * Tells `abortable` of the signal's abort, until `unlisten`; not of one that has been. An activity's calls share its one
 * signal: they also share one listener, because an `AbortSignal` looks through all of its listeners for each new one.
 */
export function listen(signal: AbortSignal, abortable: Abortable): void {
  const all = listening.get(signal) ?? startListening(signal);
  abortable.place = all.length;
  all.push(abortable);
}

export function unlisten(signal: AbortSignal, abortable: Abortable): void {
  if (abortable.place === -1) return;
  const all = listening.get(signal) ?? [];
  const last = all.pop();
  if (last !== undefined && last !== abortable) {
    all[abortable.place] = last;
    last.place = abortable.place;
  }
  abortable.place = -1;
}

function startListening(signal: AbortSignal): Abortable[] {
  const all: Abortable[] = [];
  listening.set(signal, all);
  signal.addEventListener(
    'abort',
    () => {
      const reason = abortReason(signal);
      for (let each = all.at(-1); each !== undefined; each = all.at(-1)) {
        unlisten(signal, each);
        each.abort(reason);
      }
    },
    { once: true },
  );
  return all;
}

/** Why a signal was aborted, as an error. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Waits. Throws the signal's reason as soon as it is aborted. */
export function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    const sleeper: Abortable = {
      place: -1,
      abort(reason) {
        clearTimeout(timer);
        reject(reason);
      },
    };
    const timer = setTimeout(() => {
      unlisten(signal, sleeper);
      resolve();
    }, delayMs);
    listen(signal, sleeper);
  });
}
