/** `prose report`: what a run found. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Cli } from '../cli.ts';
import { demandMetrics, latestResult, reportPath, summaryText } from '../results.ts';

interface ReportOptions {
  readonly json?: boolean;
  readonly open?: boolean;
}

export function addReportVerb(cli: Cli): void {
  cli.program
    .command('report')
    .description('print what a run found, and where its report is; with several runs, compare them')
    .argument('[run...]', 'ids of runs (default: the run evaluated last)')
    .option('--json', 'print metrics.json; of several runs their comparison')
    .option('--open', 'open the report in the browser')
    .addHelpText(
      'after',
      `
Examples:
  prose report
  prose report --open
  prose report prose-1 prose-2
  prose report --json | jq .verdict`,
    )
    .action(async (given: readonly string[], options: ReportOptions) => {
      const runIds = given.length > 0 ? given : [await latestResult(cli.backend, 'evaluations')];
      const evaluated = await Promise.all(runIds.map((runId) => demandMetrics(cli, runId)));
      const page =
        runIds.length > 1
          ? await showComparison(cli, evaluated, options)
          : await showReport(cli, runIds[0]!, evaluated[0]!, options);
      if (options.json === true) return;
      cli.print(`Report: ${page}`);
      if (options.open === true) openInBrowser(page);
    });
}

/** Path of the page. */
async function showReport(
  cli: Cli,
  runId: string,
  metrics: string,
  { json }: ReportOptions,
): Promise<string> {
  if (json === true) cli.printJson(JSON.parse(metrics));
  else cli.print(await summaryText(cli, metrics));
  return reportPath(cli, runId);
}

/** Path of the page, which is written anew each time. */
async function showComparison(
  cli: Cli,
  evaluated: readonly string[],
  { json }: ReportOptions,
): Promise<string> {
  const [{ compareRuns }, { renderComparison }, { comparisonSummary }] = await Promise.all([
    import('../../activities/report/comparison.ts'),
    import('../../activities/report/comparison-page.ts'),
    import('../../activities/report/summary.ts'),
  ]);
  const comparison = compareRuns(evaluated.map((metrics) => JSON.parse(metrics)));
  const page = join(cli.backend.localRoot, 'results', 'comparison.html');
  if (json === true) cli.printJson(comparison);
  else {
    await cli.backend.put('results/comparison.html', renderComparison(comparison));
    cli.print(comparisonSummary(comparison, { colour: cli.colors.isColorSupported }));
  }
  return page;
}

function openInBrowser(path: string): void {
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(command, [path], { detached: true, stdio: 'ignore' });
  // Without a desktop there is nothing to open it with; the path is printed all the same.
  child.on('error', () => {});
  child.unref();
}
