/** What the tasks of a group make of it, once all have settled. */
import { GROUP_FAILED } from '../messages.ts';
import { cancelled, failed, succeeded, type Settlement } from '../state/settlement.ts';

/** Tasks that the failure of a group names. */
const NAMED_IN_MESSAGE = 5;

/** How a group ended if not succeeded: cancelled if any task was, failed if any failed or was blocked untolerated. */
export function groupSettlement(settlements: ReadonlyMap<string, Settlement>): Settlement | undefined {
  const failures: string[] = [];
  const blocked: string[] = [];
  for (const [name, { outcome, failure, tolerated }] of settlements) {
    if (outcome === 'cancelled') return cancelled;
    if (tolerated === true) continue;
    if (outcome === 'failed') failures.push(`${name} failed: ${failure?.message ?? ''}`);
    if (outcome === 'blocked') blocked.push(`${name} was blocked`);
  }
  const bad = [...failures, ...blocked];
  return bad.length === 0 ? undefined : failed(GROUP_FAILED, sayBad(bad));
}

function sayBad(bad: readonly string[]): string {
  const left = bad.length - NAMED_IN_MESSAGE;
  return [...bad.slice(0, NAMED_IN_MESSAGE), ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
}

/** The end of a group that succeeded and has no `outputs`: the value of each of its tasks, in the definition's order. */
export function valueOfGroup(
  names: readonly string[],
  settlements: ReadonlyMap<string, Settlement>,
): Settlement {
  const withheldChars = [...settlements.values()].reduce((sum, task) => sum + (task.withheldChars ?? 0), 0);
  if (withheldChars > 0) return { outcome: 'succeeded', withheldChars };
  return succeeded(Object.fromEntries(names.map((name) => [name, settlements.get(name)?.value ?? null])));
}
