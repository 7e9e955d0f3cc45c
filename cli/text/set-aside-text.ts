/** What to tell of a run that workers refuse. Pure. */
import { saySetAside, type EndedWorkers } from '../../activities/store/records/ended-workers.ts';
import { shellWord } from './shell-word.ts';

/** Why, and the command that lets it go on. */
export function setAsideText(run: EndedWorkers): string {
  return `${saySetAside(run)} To let it try again: ${tryAgainCommand(run)}`;
}

export function tryAgainCommand({ workflowId }: EndedWorkers): string {
  return `prose doctor --try-again ${shellWord(workflowId)}`;
}
