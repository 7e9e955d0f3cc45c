/** `prose report`: what a run found. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';
import type { Cli } from './cli.ts';
import { evaluationFolder } from '../activities/store/run-paths.ts';
import { latestResult } from './results.ts';

interface ReportOptions {
  readonly json?: boolean;
  readonly open?: boolean;
}

export function addReportVerb(cli: Cli): void {
  cli.program
    .command('report')
    .description('print what a run found, and where its report is')
    .argument('[run]', "the run's id (default: the run evaluated last)")
    .option('--json', 'print metrics.json')
    .option('--open', 'open the report in the browser')
    .addHelpText(
      'after',
      `
Examples:
  prose report
  prose report --open
  prose report --json | jq .verdict`,
    )
    .action(async (given: string | undefined, options: ReportOptions) => {
      const runId = given ?? (await latestResult(cli.root, 'evaluations'));
      const metrics = await readMetrics(cli.root, runId);
      if (metrics === undefined) {
        const where = join(cli.root, evaluationFolder(runId));
        throw new CliError(
          'NO_RESULTS',
          `Run ${runId} has not been evaluated (no metrics.json in ${where})`,
          exitCodes.failed,
        );
      }
      if (options.json === true) {
        cli.context.stdout.write(metrics);
        return;
      }
      cli.print(await summaryText(cli, metrics));
      const report = reportPath(cli.root, runId);
      cli.print(`Report: ${report}`);
      if (options.open === true) openInBrowser(report);
    });
}

/** Text of a run's metrics.json; undefined if the run has not been evaluated. */
export function readMetrics(root: string, runId: string): Promise<string | undefined> {
  return readFile(join(root, evaluationFolder(runId), 'metrics.json'), 'utf8').catch(() => undefined);
}

export function reportPath(root: string, runId: string): string {
  return join(root, evaluationFolder(runId), 'report.html');
}

/** The summary that the report's author wrote for terminals. */
export async function summaryText(cli: Cli, metrics: string): Promise<string> {
  const { terminalSummary } = await import('../activities/report/summary.ts');
  return terminalSummary(JSON.parse(metrics), { colour: cli.colors.isColorSupported });
}

function openInBrowser(path: string): void {
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(command, [path], { detached: true, stdio: 'ignore' });
  // Without a desktop there is nothing to open it with; the path is printed all the same.
  child.on('error', () => {});
  child.unref();
}
