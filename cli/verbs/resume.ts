/** `prose resume`: goes on with a paused run. */
import { RESUME_UPDATE } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { addWholeRunVerb } from '../operate/operator-verbs.ts';

export function addResumeVerb(cli: Cli): void {
  addWholeRunVerb(cli, {
    verb: 'resume',
    update: RESUME_UPDATE,
    description: 'go on with a paused run',
    done: 'goes on',
  });
}
