/** How a run ends: its error when tasks failed. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { TaskFailure } from '../messages.ts';
import { BUDGET_REACHED, RUN_FAILED } from '../messages.ts';
import type { Settlement } from '../state/settlement.ts';

/** Tasks named in the error's message. */
const NAMES_IN_MESSAGE = 20;
/** Root causes named in the error's message; its details hold up to 50. */
const CAUSES_IN_MESSAGE = 5;

/**
 * The non-retryable failure of a run: it names the run's tasks that failed or were blocked, and the instances
 * that failed of themselves with their error types. Details: a `TaskFailure` each, as in the `status` query.
 */
export function runFailure(
  settlements: ReadonlyMap<string, Settlement>,
  failures: readonly TaskFailure[],
): ApplicationFailure {
  const causes = failures.filter(({ state, tolerated }) => state === 'failed' && tolerated !== true);
  const shown = causes
    .slice(0, CAUSES_IN_MESSAGE)
    .map(({ task, type, message }) => `${task}: ${type}: ${message}`);
  const sentences = [
    ...list('Failed', namesOf(settlements, 'failed')),
    ...list('Blocked by that', namesOf(settlements, 'blocked')),
    `Causes: ${shown.join(' | ')}${causes.length > shown.length ? ' | …' : ''}`,
  ];
  const isOverBudget = causes.some(({ type }) => type === BUDGET_REACHED);
  return ApplicationFailure.create({
    type: isOverBudget ? BUDGET_REACHED : RUN_FAILED,
    message: sentences.join('. '),
    nonRetryable: true,
    details: [...failures],
  });
}

function namesOf(settlements: ReadonlyMap<string, Settlement>, outcome: Settlement['outcome']): string[] {
  return [...settlements]
    .filter(([, settlement]) => settlement.outcome === outcome && settlement.tolerated !== true)
    .map(([name]) => name);
}

function list(label: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const left = names.length - NAMES_IN_MESSAGE;
  const shown = names.slice(0, NAMES_IN_MESSAGE).join(', ');
  return [`${label}: ${shown}${left > 0 ? ` and ${left} more` : ''}`];
}
