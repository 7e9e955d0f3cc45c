/** How far each task of a run is in its own units, put together from the heartbeats of its running instances. */
import type { Progress } from '../../activities/activity.ts';
import { definitionPath } from '../../definitions/model/instance-path.ts';

/** What a pending activity last said. */
export interface PendingProgress {
  /** The task instance's path, e.g. `explore[3].score[1]`. */
  readonly instance: string;
  readonly attempt: number;
  /** Absent until its first heartbeat. */
  readonly progress?: Progress;
  /** Why its last attempt failed. */
  readonly lastFailure?: string;
}

/** The sum over the instances of one task of the definition. */
export interface TaskProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Units per second over the last while; absent until two looks have been taken. */
  readonly perSecond?: number;
  /** What the only instance says besides. */
  readonly note?: string;
}

/** The rate is that of the last 20 seconds: long enough to be calm, short enough to show a stall. */
const windowMs = 20_000;

export class ProgressTracker {
  readonly #seen = new Map<string, Progress>();
  readonly #samples = new Map<string, { atMs: number; done: number }[]>();

  /**
   * Takes a look. An instance that is no longer pending has done all it had; one that never sent a heartbeat while
   * looked at counts nothing.
   */
  update(nowMs: number, pending: readonly PendingProgress[]): ReadonlyMap<string, TaskProgress> {
    const running = new Set(pending.map(({ instance }) => instance));
    for (const [instance, progress] of this.#seen) {
      if (!running.has(instance)) this.#seen.set(instance, { ...progress, done: progress.total });
    }
    for (const { instance, progress } of pending)
      if (progress !== undefined) this.#seen.set(instance, progress);

    const tasks = new Map<string, TaskProgress>();
    for (const [instance, { done, total, unit, note }] of this.#seen) {
      const task = definitionPath(instance);
      const sum = tasks.get(task);
      tasks.set(task, {
        done: (sum?.done ?? 0) + done,
        total: (sum?.total ?? 0) + total,
        unit,
        ...(sum === undefined && note !== undefined && { note }),
      });
    }
    for (const [task, progress] of tasks) {
      const perSecond = this.#rate(task, nowMs, progress.done);
      if (perSecond !== undefined) tasks.set(task, { ...progress, perSecond });
    }
    return tasks;
  }

  #rate(task: string, atMs: number, done: number): number | undefined {
    const samples = [...(this.#samples.get(task) ?? []), { atMs, done }].filter(
      (sample) => atMs - sample.atMs <= windowMs,
    );
    this.#samples.set(task, samples);
    const first = samples[0];
    if (first === undefined || atMs === first.atMs) return undefined;
    return Math.max(0, ((done - first.done) * 1000) / (atMs - first.atMs));
  }
}
