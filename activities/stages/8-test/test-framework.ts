import { TUNED } from '../../report/training-metrics.ts';
import type { Activity, ActivityContext } from '../../activity.ts';
import type { Estimate, Metrics } from '../../report/metrics.ts';
import { isImprovement } from '../../report/verdict.ts';
import { evaluationFolder } from '../../store/run-paths.ts';
import { judgeClaim } from '../../claims/judge-claim.ts';
import { registrationSchema } from '../../claims/registration.ts';
import { buildMetrics, type TestedRun } from './metrics/build-metrics.ts';
import { estimateSchema } from '../../schemas.ts';
import { writeReport } from './write-report.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface TestOutput {
  readonly verdict: Metrics['verdict']['kind'];
  /** Arm that the verdict is about; empty if there was none. */
  readonly arm: string;
  /** Gain of that arm in points of the rubric's scale; all null if there was none. */
  readonly gain: Omit<Estimate, 'mean'> & { readonly mean: number | null };
  readonly sentence: string;
  /** Every arm whose gain is beyond chance, with nothing proven against it. */
  readonly proven: readonly string[];
  /**
   * Whether the arm that uses the trained version as `prose optimize` does is among them, and its claim is proven: better than the
   * reigning champion, if there is one, at the error level that was registered.
   */
  readonly promotable: boolean;
  /** Whether the fine-tuned main model is among them. */
  readonly isTunedBetter: boolean;
  /** Path of report.html, relative to the project's root. */
  readonly report: string;
}

/** Stage 8: the test framework. Compares every arm with the baseline on held-out prompts, and writes the report. */
export const evaluateArms: Activity<TestedRun, TestOutput> = {
  name: 'evaluateArms',
  description:
    'Compares the arms of the test with the baseline and writes metrics.json, report.html and the test results.',
  taskQueue: 'prose',
  cacheable: 'it writes the report of its run',
  input: objectSchema(
    {
      version: { type: 'string' },
      fineTuning: { type: 'object' },
      leakingPairs: { type: 'integer', minimum: 0 },
      registration: registrationSchema,
    },
    ['leakingPairs', 'registration'],
  ),
  output: objectSchema({
    verdict: {
      type: 'string',
      enum: ['gain', 'mixed', 'not proven', 'no gain', 'worse', 'cannot tell', 'none'],
    },
    arm: { type: 'string' },
    gain: estimateSchema,
    sentence: { type: 'string' },
    proven: { type: 'array', items: { type: 'string' } },
    promotable: { type: 'boolean' },
    isTunedBetter: { type: 'boolean' },
    report: { type: 'string' },
  }),
  async run(tested, context) {
    const { store, run, log } = context;
    const folder = evaluationFolder(run.runId);
    await store.exportQuery(
      'select * exclude (run), run from test_answers where run = $run order by all',
      { run: run.runId },
      `${folder}/test_results.parquet`,
    );
    await exportAllResults(context);
    const { registration = null, version } = tested;
    const judged =
      registration === null || version === '' ? null : await judgeClaim(registration, version, context);
    const metrics = await buildMetrics({ ...tested, judged }, context);
    const report = await writeReport(metrics, context);
    const { verdict } = metrics;
    log.info({ verdict: verdict.kind }, verdict.sentence);
    const gain = metrics.arms.find(({ name }) => name === verdict.arm)?.gain ?? {
      mean: null,
      low: null,
      high: null,
    };
    const grounds = { judges: metrics.judges, topics: metrics.counts.testTopics };
    const isTold = verdict.kind !== 'cannot tell' && verdict.kind !== 'none';
    const proven = metrics.arms
      .filter(({ name }) => (name === TUNED ? isTold : verdict.kind === 'gain'))
      .filter((arm) => isImprovement(arm, grounds))
      .map(({ name }) => name);
    const { trainer } = metrics.training ?? {};
    return {
      verdict: verdict.kind,
      arm: verdict.arm ?? '',
      gain: { mean: gain.mean, low: gain.low, high: gain.high },
      sentence: verdict.sentence,
      proven,
      promotable:
        trainer !== undefined && proven.includes(trainer) && (judged === null || judged.outcome === 'proven'),
      isTunedBetter: proven.includes(TUNED),
      report,
    };
  },
};

/** `results/test_results.parquet` holds the tests of all runs; whoever writes last has seen all that came before. */
async function exportAllResults({ store }: ActivityContext): Promise<void> {
  await store.exportQuery('from test_results order by all', {}, 'results/test_results.parquet');
}
