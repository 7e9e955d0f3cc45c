/** `prose skip`: goes on without a held task. */
import { SKIP_TASK_UPDATE } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { addTaskVerb } from '../operate/operator-verbs.ts';

export function addSkipVerb(cli: Cli): void {
  addTaskVerb(cli, {
    verb: 'skip',
    update: SKIP_TASK_UPDATE,
    description: 'skip a held task',
    done: 'is skipped',
  });
}
