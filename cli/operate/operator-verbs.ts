/** The form of the verbs that ask one thing of a run in flight. */
import type { TaskUpdate } from '../../workflows/messages.ts';
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { Cli } from '../cli.ts';
import { sendUpdate } from './send-update.ts';

interface OperatorVerb {
  readonly verb: string;
  /** The update's name, of `workflows/messages.ts`. */
  readonly update: string;
  readonly description: string;
  /** What is then said of the task or run. */
  readonly done: string;
}

/** A verb about one held task. */
export function addTaskVerb(cli: Cli, { verb, update, description, done }: OperatorVerb): void {
  cli.program
    .command(verb)
    .description(`${description} (\`prose status\` shows what is held)`)
    .argument('<run>', "the run's id")
    .requiredOption('--task <path>', 'the held task, e.g. explore[3].score[1]')
    .addHelpText(
      'after',
      `\nExample:\n  prose ${verb} prose-20261122-193805-x7f2 --task 'explore[3].score[1]'`,
    )
    .action(async (runId: string, { task }: TaskUpdate) => {
      await sendUpdate(cli, runId, update, { task });
      cli.print(neutraliseLine(`${task} of ${runId} ${done}.`));
    });
}

/** A verb about the whole run. */
export function addWholeRunVerb(cli: Cli, { verb, update, description, done }: OperatorVerb): void {
  cli.program
    .command(verb)
    .description(description)
    .argument('<run>', "the run's id")
    .addHelpText('after', `\nExample:\n  prose ${verb} prose-20261122-193805-x7f2`)
    .action(async (runId: string) => {
      await sendUpdate(cli, runId, update);
      cli.print(neutraliseLine(`${runId} ${done}.`));
    });
}
