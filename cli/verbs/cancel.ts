/** `prose cancel`: asks a run to stop. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { orHasEnded, orNoSuchRun, sayEnd } from '../temporal/runs.ts';
import { shellWord } from '../text/shell-word.ts';
import { openTemporal } from '../temporal/temporal-session.ts';

export function addCancelVerb(cli: Cli): void {
  cli.program
    .command('cancel')
    .description('stop a run; what it has finished stays in data/')
    .argument('<run>', "the run's id")
    .addHelpText('after', '\nExample:\n  prose cancel prose-20261122-193805-x7f2')
    .action(async (runId: string) => {
      const session = await openTemporal(cli);
      try {
        const handle = session.client.workflow.getHandle(runId);
        const run = await orNoSuchRun(runId, handle.describe());
        const end = sayEnd(run);
        if (end !== undefined) {
          if (run.status.name !== 'CANCELLED') throw wrongInput(end);
          cli.print(neutraliseLine(`${end}.`));
          return;
        }
        await orHasEnded(session, runId, handle.cancel());
        cli.print(
          neutraliseLine(`Asked ${runId} to stop: \`prose status ${shellWord(runId)}\` shows when it has.`),
        );
      } finally {
        await session.close();
      }
    });
}
