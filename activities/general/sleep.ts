import { setTimeout as wait } from 'node:timers/promises';
import type { Duration } from '../../definitions/model/types.ts';
import type { Activity } from '../activity.ts';
import { durationMs } from '../../definitions/model/duration.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';
import { durationSchema } from './durations.ts';

export interface SleepInput {
  readonly for: Duration;
}

/** How often the progress is told. */
const TICK_MS = 1000;

/** Waits. It takes one of its task queue's places meanwhile, and the task's `timeout` (30m) must be longer. */
export const sleep: Activity<SleepInput, { readonly seconds: number }> = {
  name: 'sleep',
  description: "Waits for a time, which must be shorter than the task's timeout.",
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'it only waits',
  input: objectSchema({ for: durationSchema }),
  output: objectSchema({ seconds: { type: 'number' } }),
  async run({ for: duration }, context) {
    const totalMs = durationMs(duration);
    const endsAt = performance.now() + totalMs;
    for (let leftMs = totalMs; leftMs > 0; leftMs = endsAt - performance.now()) {
      context.heartbeat({
        done: Math.floor((totalMs - leftMs) / 1000),
        total: Math.ceil(totalMs / 1000),
        unit: 'seconds',
      });
      await wait(Math.min(leftMs, TICK_MS), undefined, { signal: context.signal });
    }
    return { seconds: totalMs / 1000 };
  },
};
