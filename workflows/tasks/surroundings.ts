/** What the task runner needs from outside; Temporal in a workflow, a fake in unit tests. */
import type { TaskOptions } from '../../definitions/model/types.ts';
import type { ActivityCall, WorkflowCall } from './calls.ts';
import type { Settlement } from '../state/settlement.ts';
import type { Slicing } from '../items/sliced-items.ts';
import type { WaitSurroundings } from './wait-runner.ts';

export interface Surroundings extends WaitSurroundings {
  /** Settles as succeeded, failed or cancelled; rejects only for faults. */
  readonly runActivity: (call: ActivityCall) => Promise<Settlement>;
  /** Settles likewise; the value is the outputs of that run. */
  readonly runWorkflow: (call: WorkflowCall) => Promise<Settlement>;
  readonly isCancelled: () => boolean;
  /** Whether values may be left out that there is no room for. Asked only where there is one. */
  readonly mayWithhold: () => boolean;
  /** How a `forEach` that is too large for this history is run; left out, none is. */
  readonly slicing?: Slicing;
  /** Undefined if there is time left to evaluate expressions in this activation, else resolves when there is. Left out, there always is. */
  readonly rest?: () => Promise<void> | undefined;
  /** Called after each start and end of a task of the run itself (not of its groups), and when one begins or ends to wait. */
  readonly changed?: () => void;
}

/** What of a pinned run the task runner follows. */
export interface Plan {
  /** `INTERPRETER_CONTRACT` when the run began. */
  readonly contract: number;
  readonly defaults: TaskOptions;
  readonly activities: { readonly [name: string]: { readonly taskQueue: string } };
}
