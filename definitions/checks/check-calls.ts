/** Checks of the definitions that a definition runs. */
import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import type { Callable } from '../model/check-context.ts';
import { isWorkflow } from '../model/task-kind.ts';
import { walkTasks } from '../model/walk-tasks.ts';

/** The definitions that lead to one, directly or through others; and itself. */
function callersOf(name: string, definitions: ReadonlyMap<string, Callable>): ReadonlySet<string> {
  const callers = new Map<string, string[]>();
  for (const [caller, { calls }] of definitions)
    for (const called of calls) {
      const others = callers.get(called);
      if (others === undefined) callers.set(called, [caller]);
      else others.push(caller);
    }
  const found = new Set([name]);
  // A set goes on over what is added meanwhile.
  for (const each of found) for (const caller of callers.get(each) ?? []) found.add(caller);
  return found;
}

/** Problems `UNKNOWN_DEFINITION` and `WORKFLOW_CYCLE`. */
export function* checkCalls({ definition, context }: Subject): Generator<Found> {
  const { definitions, definitionNames = [] } = context;
  if (definitions === undefined) return;
  const leading = callersOf(definition.name, definitions);
  for (const { name, task, at } of walkTasks(definition)) {
    if (!isWorkflow(task)) continue;
    const place = [...at, 'workflow'];
    if (leading.has(task.workflow)) {
      const message = `Task '${name}' would run '${definition.name}' again inside itself, without end.`;
      yield { code: 'WORKFLOW_CYCLE', message, advice: 'Run another definition.', at: place };
    } else if (!definitions.has(task.workflow)) {
      const message = `There is no definition '${task.workflow}'.`;
      const advice = didYouMean(task.workflow, definitionNames);
      yield { code: 'UNKNOWN_DEFINITION', message, advice, at: place };
    }
  }
}
