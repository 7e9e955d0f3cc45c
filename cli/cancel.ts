/** `prose cancel`: asks a run to stop. */
import type { Cli } from './cli.ts';
import { orNoSuchRun } from './runs.ts';
import { openTemporal } from './temporal-session.ts';

export function addCancelVerb(cli: Cli): void {
  cli.program
    .command('cancel')
    .description('stop a run; what it has finished stays in data/')
    .argument('<run>', "the run's id")
    .addHelpText('after', '\nExample:\n  prose cancel prose-20261122-193805-x7f2')
    .action(async (runId: string) => {
      const session = await openTemporal(cli);
      try {
        await orNoSuchRun(runId, session.client.workflow.getHandle(runId).cancel(), 'running ');
        cli.print(`Asked ${runId} to stop: \`prose status ${runId}\` shows when it has.`);
      } finally {
        await session.close();
      }
    });
}
