/** Writes down how task instances begin and end: in the status tree, in the outcomes, and in the list of failures. */
import { isGroup } from '../../definitions/model/task-kind.ts';
import type { Task } from '../../definitions/model/types.ts';
import { settlementOf, type OpenInstance, type SettledInstance, type Outcomes } from './outcomes.ts';
import type { Instance } from './instance.ts';
import type { Settlement } from './settlement.ts';
import type { FailureList } from './status-tree.ts';

export class Recorder {
  readonly outcomes: Outcomes;
  readonly failures: FailureList;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch, by the workflow's clock. */
  constructor(outcomes: Outcomes, failures: FailureList, now: () => number) {
    this.outcomes = outcomes;
    this.failures = failures;
    this.#now = now;
  }

  /** What has ended in an earlier execution, shown again; undefined if there is something left to do or to look into. */
  keep({ path, node }: Instance): Settlement | undefined {
    const kept = this.outcomes.whole(path);
    if (kept === undefined) return undefined;
    const { outcome, startedAt, endedAt, failure, reason, cached } = kept;
    if (cached === true) node.countCached();
    if (startedAt !== undefined) node.start(startedAt);
    const from = startedAt === undefined ? 'pending' : 'running';
    node.settle(from, outcome, endedAt, failure?.message ?? reason);
    return this.record(path, settlementOf(kept));
  }

  /** What an earlier execution has seen of an instance; undefined if this is the first. */
  before(path: string): SettledInstance | OpenInstance | undefined {
    return this.outcomes.settled(path) ?? this.outcomes.opened(path);
  }

  /** Whether an instance begins, if only anew, rather than going on. */
  begins(path: string): boolean {
    const opened = this.outcomes.opened(path);
    return opened === undefined ? this.outcomes.settled(path) === undefined : opened.resumes !== undefined;
  }

  /** A pending instance begins, or goes on. Returns when it began. */
  begin({ path, node }: Instance): number {
    const before = this.before(path);
    const startedAt = before?.startedAt ?? this.#now();
    node.start(startedAt);
    if (before === undefined) this.outcomes.open(path, { startedAt });
    return startedAt;
  }

  /** An instance that has begun ends. */
  end(instance: Instance, task: Task, settlement: Settlement, startedAt: number): void {
    const { path, node } = instance;
    const endedAt = this.#endOf(path);
    const { outcome, failure, reason } = settlement;
    node.settle('running', outcome, endedAt, failure?.message ?? reason);
    // What a round has caught is the round's own.
    const caught = task.repeat === undefined ? settlement.caught : undefined;
    const isParts = isGroup(task) || task.repeat !== undefined || caught !== undefined;
    this.outcomes.settle(
      path,
      isParts
        ? { outcome, parts: true, ...(caught && { caught }), startedAt, endedAt }
        : { ...settlement, startedAt, endedAt },
    );
  }

  /** One round of an instance ends; the node counts the instance as a whole. */
  endRound(path: string, task: Task, settlement: Settlement): void {
    const endedAt = this.#endOf(path);
    const { outcome, caught } = settlement;
    const isParts = isGroup(task) || caught !== undefined;
    this.outcomes.settle(
      path,
      isParts ? { outcome, parts: true, ...(caught && { caught }), endedAt } : { ...settlement, endedAt },
    );
  }

  /** A `forEach` task ends, of which each item is an instance. */
  endItems(path: string, { outcome }: Settlement): void {
    const endedAt = this.#endOf(path);
    this.outcomes.settle(path, { outcome, parts: true, endedAt });
  }

  /** An instance ends that never ran, although it might have. */
  endEarly({ path, node }: Instance, settlement: Settlement): Settlement {
    const endedAt = this.#now();
    const { outcome, failure, reason } = settlement;
    node.settle('pending', outcome, endedAt, failure?.message ?? reason);
    this.outcomes.settle(path, { ...settlement, endedAt });
    return this.record(path, settlement);
  }

  /** An instance ends that was not to run. */
  pass({ path, node }: Instance, settlement: Settlement): void {
    const { outcome, reason, tolerated } = settlement;
    const endedAt = this.#endOf(path);
    node.settle('pending', outcome, endedAt, reason);
    this.outcomes.settle(path, { ...settlement, endedAt });
    if (tolerated === true) node.tolerate();
    if (outcome !== 'blocked') return;
    const failure = { task: path, state: outcome, type: 'BLOCKED', message: reason ?? '' };
    this.failures.add({ ...failure, ...(tolerated === true ? { tolerated } : {}) });
  }

  /** Lists the failure of an instance, if it has one. */
  record(path: string, settlement: Settlement): Settlement {
    if (settlement.failure !== undefined)
      this.failures.add({ task: path, state: 'failed', ...settlement.failure });
    return settlement;
  }

  /** When an instance ended, if an earlier execution has seen it end; else now. */
  #endOf(path: string): number {
    return this.outcomes.settled(path)?.endedAt ?? this.#now();
  }
}
