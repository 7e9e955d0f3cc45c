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
export async function within<T>(gates: readonly Gate[], work: () => Promise<T>): Promise<T> {
  for (const gate of gates) {
    const opens = gate.enter();
    if (opens !== undefined) await opens;
  }
  try {
    return await work();
  } finally {
    for (const gate of gates) gate.leave();
  }
}
