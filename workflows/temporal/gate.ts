/** Bounds on what may be done at once, and the way through several of them. */

/** What work enters before it begins, and leaves when it has ended. */
export interface Gate {
  /** Undefined if it stands open, so that nothing need be awaited; else resolves when there is room. */
  readonly enter: () => Promise<void> | undefined;
  readonly leave: () => void;
}

/**
 * Does `work` inside of all gates, which are entered in order. Without anything to wait for it begins at once.
 *
 * @throws what `work` throws.
 */
export function within<T>(gates: readonly Gate[], work: () => Promise<T>): Promise<T> {
  for (const [index, gate] of gates.entries()) {
    const opens = gate.enter();
    if (opens !== undefined) return onceOpen(opens, gates.slice(index + 1), gates, work);
  }
  // Most work takes this way: no async function, which makes a promise more (task-runner.ts), but as many steps.
  return work().then(
    (value) => {
      leave(gates);
      return value;
    },
    (error: unknown) => {
      leave(gates);
      throw error;
    },
  );
}

async function onceOpen<T>(
  opens: Promise<void>,
  left: readonly Gate[],
  gates: readonly Gate[],
  work: () => Promise<T>,
): Promise<T> {
  await opens;
  for (const gate of left) {
    const next = gate.enter();
    if (next !== undefined) await next;
  }
  try {
    return await work();
  } finally {
    leave(gates);
  }
}

function leave(gates: readonly Gate[]): void {
  for (const gate of gates) gate.leave();
}
