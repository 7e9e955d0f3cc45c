/** `prose pause`: starts no new task of a run. */
import { PAUSE_UPDATE } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { addWholeRunVerb } from '../operate/operator-verbs.ts';

export function addPauseVerb(cli: Cli): void {
  addWholeRunVerb(cli, {
    verb: 'pause',
    update: PAUSE_UPDATE,
    description: 'start no new task or item of a run; what runs finishes',
    done: 'is paused: `prose resume` goes on',
  });
}
