import type { ActivityContext } from '../../activity.ts';
import type { Metrics } from '../../report/metrics.ts';
import { renderReport } from '../../report/html.ts';
import { evaluationFolder } from '../../store/run-paths.ts';

/** Writes metrics.json and report.html of the run. @returns the report's path, relative to the project's root. */
export async function writeReport(
  metrics: Metrics,
  { store, run }: Pick<ActivityContext, 'store' | 'run'>,
): Promise<string> {
  const folder = evaluationFolder(run.runId);
  await store.writeFile(`${folder}/metrics.json`, `${JSON.stringify(metrics, null, 2)}\n`);
  await store.writeFile(`${folder}/report.html`, renderReport(metrics));
  return `${folder}/report.html`;
}
