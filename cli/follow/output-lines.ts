/** What a run has come to, for people. Pure. */
import { neutraliseLine } from '../../activities/text/plain-text.ts';
import type { RunStatus } from '../../workflows/messages.ts';

/** Characters of a value that are shown. */
const maxLength = 100;

/** A line for each output of a run, such as `  prompts: 40`; long values are cut. None before it has succeeded. */
export function outputLines({ outputs }: Pick<RunStatus, 'outputs'>): string[] {
  return Object.entries(outputs ?? {}).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const short = text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
    return `  ${neutraliseLine(`${name}: ${short}`)}`;
  });
}
