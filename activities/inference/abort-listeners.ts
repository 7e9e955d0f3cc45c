/** What hears of a signal's abort. */
export interface Abortable {
  abort(reason: Error): void;
}

const listening = new WeakMap<AbortSignal, Set<Abortable>>();

/**
 * Tells `abortable` of the signal's abort, until `unlisten`; not of one that has been. An activity's calls share its one
 * signal: they also share one listener, because an `AbortSignal` looks through all of its listeners for each new one.
 */
export function listen(signal: AbortSignal, abortable: Abortable): void {
  const known = listening.get(signal);
  if (known !== undefined) {
    known.add(abortable);
    return;
  }
  const all = new Set([abortable]);
  listening.set(signal, all);
  signal.addEventListener(
    'abort',
    () => {
      const reason = abortReason(signal);
      for (const each of all) each.abort(reason);
    },
    { once: true },
  );
}

export function unlisten(signal: AbortSignal, abortable: Abortable): void {
  listening.get(signal)?.delete(abortable);
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
