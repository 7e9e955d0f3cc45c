/** `prose approve`: answers a task that waits for a person. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import { APPROVE_UPDATE, type ApproveUpdate, type TaskUpdate } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { sendUpdate } from '../operate/send-update.ts';

interface ApproveOptions extends TaskUpdate {
  readonly reject?: boolean;
  readonly by?: string;
  readonly note?: string;
}

export function addApproveVerb(cli: Cli): void {
  cli.program
    .command('approve')
    .description('answer a task that waits for an approval (`prose status` shows what does)')
    .argument('<run>', "the run's id")
    .requiredOption('--task <path>', 'the waiting task, e.g. review')
    .option('--reject', 'say no')
    .option('--by <name>', 'who says so', cli.context.env['USER'])
    .option('--note <text>', 'why')
    .addHelpText(
      'after',
      "\nExample:\n  prose approve prose-20261122-193805-x7f2 --task review --reject --note 'too few pairs'",
    )
    .action(async (runId: string, { task, reject, by, note }: ApproveOptions) => {
      const answer: ApproveUpdate = {
        task,
        approved: reject !== true,
        ...(by !== undefined && { by }),
        ...(note !== undefined && { note }),
      };
      await sendUpdate(cli, runId, APPROVE_UPDATE, answer);
      cli.print(neutraliseLine(`${task} of ${runId} is ${reject === true ? 'rejected' : 'approved'}.`));
    });
}
