import type { Activity } from '../../activity.ts';
import type { RunFailure } from '../../report/metrics.ts';
import { buildMetrics } from './metrics/build-metrics.ts';
import { writeReport } from './write-report.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface FailureInput {
  /** As the tasks of `finally` see them: `run.failures`. */
  readonly failures: readonly FailedTask[];
}

interface FailedTask {
  /** Path of the instance, e.g. `explore[3].score[1]`. */
  readonly task: string;
  /** `failed` or `blocked`. */
  readonly state: string;
  readonly type: string;
  readonly message: string;
}

export interface FailureReport {
  /** Path of report.html, relative to the project's root. */
  readonly report: string;
}

/** Stage 8, of a run that has failed before its test: which stage failed and why, what it took, and no verdict. */
export const reportFailure: Activity<FailureInput, FailureReport> = {
  name: 'reportFailure',
  description: 'Writes the report of a run that has failed: which stages failed and why, and what was spent.',
  taskQueue: 'prose',
  cacheable: 'it writes the report of its run',
  input: objectSchema({
    failures: {
      type: 'array',
      description: 'What has failed, as `run.failures` says it in `finally`.',
      items: objectSchema({
        task: { type: 'string' },
        state: { type: 'string' },
        type: { type: 'string' },
        message: { type: 'string' },
      }),
    },
  }),
  output: objectSchema({ report: { type: 'string' } }),
  async run({ failures }, context) {
    const failure: RunFailure = {
      tasks: failures
        .filter(({ state }) => state !== 'blocked')
        .map(({ task, type, message }) => ({ task, code: type, message })),
      blocked: failures.filter(({ state }) => state === 'blocked').map(({ task }) => task),
    };
    const fineTuning = { version: '', trained: false, reason: 'the run has failed', examples: 0 };
    const metrics = await buildMetrics({ version: '', fineTuning, failure }, context);
    context.log.warn({ failed: failure.tasks.map(({ task }) => task) }, metrics.verdict.sentence);
    return { report: await writeReport(metrics, context) };
  },
};
