/** `prose fail`: lets a held task fail. */
import { FAIL_TASK_UPDATE } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { addTaskVerb } from '../operate/operator-verbs.ts';

export function addFailVerb(cli: Cli): void {
  addTaskVerb(cli, {
    verb: 'fail',
    update: FAIL_TASK_UPDATE,
    description: 'let a held task fail',
    done: 'has failed',
  });
}
