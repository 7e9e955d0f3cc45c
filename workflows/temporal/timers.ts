/**
 * Timers on Temporal. The first that are open at once have one of the server's each; those beyond share one, which is set for the
 * earliest of them: 10,000 waits that start together would make a history of 20,000 events.
 */
import { CancellationScope, isCancellation, patched, sleep } from '@temporalio/workflow';
import type { Timer } from '../tasks/wait-runner.ts';

/** Timers with one of the server's each. */
const MAX_OWN_TIMERS = 500;

interface Waiting {
  /** By the workflow's clock, milliseconds since the epoch. */
  readonly until: number;
  readonly release: () => void;
}

/** Of one execution of a run, or of a slice. */
export class Timers {
  #own = 0;
  readonly #waiting = new Set<Waiting>();
  #shared: { readonly until: number; readonly scope: CancellationScope } | undefined;

  /** A timer of the run; cancelled with the run. @param summary shown with it, where it does not share one. */
  start(ms: number, summary: string): Timer {
    const scope = new CancellationScope();
    // Durable: the mark of histories in which timers are shared.
    const isShared = this.#own >= MAX_OWN_TIMERS && patched('shared-timers');
    const ranOut = scope
      .run(() => (isShared ? this.#share(ms) : this.#sleep(ms, summary)))
      .then(
        () => true,
        (error: unknown) => {
          if (isCancellation(error)) return false;
          throw error;
        },
      );
    return { ranOut, cancel: () => scope.cancel() };
  }

  async #sleep(ms: number, summary: string): Promise<void> {
    this.#own += 1;
    try {
      await sleep(ms, { summary });
    } finally {
      this.#own -= 1;
    }
  }

  /** To be called in the scope that cancels it. */
  async #share(ms: number): Promise<void> {
    const until = Date.now() + ms;
    let mine: Waiting | undefined;
    try {
      await new Promise<void>((release, reject) => {
        mine = { until, release };
        this.#waiting.add(mine);
        CancellationScope.current().cancelRequested.catch(reject);
        this.#set(until);
      });
    } finally {
      if (mine !== undefined) this.#waiting.delete(mine);
      if (this.#waiting.size === 0) this.#shared?.scope.cancel();
    }
  }

  /** Sees to it that the shared timer runs out then, or before. */
  #set(until: number): void {
    if (this.#shared !== undefined && this.#shared.until <= until) return;
    this.#shared?.scope.cancel();
    const scope = new CancellationScope({ cancellable: false });
    const shared = { until, scope };
    this.#shared = shared;
    void scope
      .run(() => sleep(Math.max(1, until - Date.now()), { summary: 'the next of many waits' }))
      .then(
        () => this.#release(until),
        (error: unknown) => {
          if (this.#shared === shared) this.#shared = undefined;
          if (!isCancellation(error)) throw error;
        },
      );
  }

  #release(until: number): void {
    this.#shared = undefined;
    let next = Infinity;
    for (const waiting of this.#waiting) {
      if (waiting.until <= until) waiting.release();
      else next = Math.min(next, waiting.until);
    }
    if (next !== Infinity) this.#set(next);
  }
}
