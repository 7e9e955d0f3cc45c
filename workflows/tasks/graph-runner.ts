/** Runs the tasks of one group in the order their `needs` allow. Knows neither Temporal nor kinds of tasks. */
import { dependentsOf, needsOf } from '../../definitions/model/graph.ts';
import { decide, isEarly } from '../../definitions/model/join.ts';
import type { JoinRule, Task, TaskOutcome, Tasks } from '../../definitions/model/types.ts';
import { cancelled, type Settlement } from '../state/settlement.ts';

export interface GraphActions {
  /** Called once for each task whose join rule is met, at the moment it is met. Rejects only for faults. */
  readonly start: (name: string, task: Task) => Promise<Settlement>;
  /** Called once for each task that settles without having been started. */
  readonly pass: (name: string, settlement: Settlement) => void;
  /** Called once for each settled task, before any task that needs it is decided. */
  readonly settled: (name: string, settlement: Settlement) => void;
  /** Whether the run is being cancelled: nothing is started any more. */
  readonly isCancelled: () => boolean;
}

/**
 * Runs every task once. Each settlement counts down the tasks that need it, so that the whole costs O(edges);
 * early rules alone look at all their needs each time.
 *
 * @returns the settlement of each task, by name, in the order in which they settled.
 * @throws what `actions.start` rejects with.
 */
export function runGraph(tasks: Tasks, actions: GraphActions): Promise<ReadonlyMap<string, Settlement>> {
  return new Promise((resolve, reject) => {
    const names = Object.keys(tasks);
    const settlements = new Map<string, Settlement>();
    /** Tasks without a decision, with how many of their needs are not settled. */
    const undecided = new Map<string, number>();
    for (const [name, task] of Object.entries(tasks)) undecided.set(name, needsOf(task).length);
    const dependents = dependentsOf(tasks);

    // A worklist, not recursion: a chain of 10,000 blocked tasks must not overflow the stack.
    const arrived: [string, Settlement][] = [];
    let draining = false;
    const settle = (name: string, settlement: Settlement): void => {
      arrived.push([name, settlement]);
      if (draining) return;
      draining = true;
      for (let next = arrived.shift(); next !== undefined; next = arrived.shift()) spread(...next);
      draining = false;
      if (settlements.size === names.length) resolve(settlements);
    };
    const spread = (name: string, settlement: Settlement): void => {
      settlements.set(name, settlement);
      actions.settled(name, settlement);
      for (const dependent of dependents.get(name) ?? []) {
        const left = undecided.get(dependent);
        if (left === undefined) continue;
        undecided.set(dependent, left - 1);
        consider(dependent, left - 1);
      }
    };
    const consider = (name: string, left: number): void => {
      const task = tasks[name];
      if (task === undefined) return;
      const rule = task.run ?? 'allSucceeded';
      if (left > 0 && !isEarly(rule)) return;
      const decision = decideTask(task, rule, settlements, actions.isCancelled());
      if (decision === 'wait') return;
      undecided.delete(name);
      if (decision === 'run') {
        actions.start(name, task).then((settlement) => settle(name, settlement), reject);
      } else {
        actions.pass(name, decision);
        settle(name, decision);
      }
    };

    if (names.length === 0) resolve(settlements);
    for (const name of names) {
      const left = undecided.get(name);
      if (left === 0) consider(name, left);
    }
  });
}

function decideTask(
  task: Task,
  rule: JoinRule,
  settlements: ReadonlyMap<string, Settlement>,
  isCancelled: boolean,
): Settlement | 'run' | 'wait' {
  if (isCancelled) return cancelled;
  const needs = needsOf(task);
  const outcomes = needs.map((need) => settlements.get(need)?.outcome);
  const decision = decide(rule, outcomes);
  if (decision === 'run' || decision === 'wait') return decision;
  const reason = whyNot(rule, needs, outcomes);
  if (decision === 'skip') return { outcome: 'skipped', reason };
  const isTolerable = needs.every((need, index) => {
    const isGood = outcomes[index] === 'succeeded' || outcomes[index] === 'skipped';
    return isGood || settlements.get(need)?.tolerated === true;
  });
  return { outcome: 'blocked', reason, ...(isTolerable ? { tolerated: true } : {}) };
}

function whyNot(
  rule: JoinRule,
  needs: readonly string[],
  outcomes: readonly (TaskOutcome | undefined)[],
): string {
  const ended = needs.map((need, index) => `${need} ${outcomes[index] ?? 'pending'}`);
  const shown = ended.length > 5 ? [...ended.slice(0, 5), '…'] : ended;
  return `${rule} is not met: ${shown.join(', ')}`;
}
