/** Runs the interpreter's task runner without Temporal: activities are functions, the clock counts their calls. */
import { EventEmitter, once } from 'node:events';
import { Scope } from '../../workflows/state/bindings.ts';
import type { Settlement } from '../../workflows/state/settlement.ts';
import { failed, succeeded } from '../../workflows/state/settlement.ts';
import { RunControl } from '../../workflows/control/run-control.ts';
import type { Outcomes } from '../../workflows/state/outcomes.ts';
import { definitionPath } from '../../definitions/model/instance-path.ts';
import { settleSlice } from '../../workflows/executions/settle-slice.ts';
import type { Slicing } from '../../workflows/items/sliced-items.ts';
import type { SliceCall, SliceLimits, SliceResult } from '../../workflows/items/slices.ts';
import { FailureList, nodeOf, statusNodes } from '../../workflows/state/status-tree.ts';
import type { Surroundings } from '../../workflows/tasks/surroundings.ts';
import { TaskRunner } from '../../workflows/tasks/task-runner.ts';
import type { ActivityCall, WorkflowCall } from '../../workflows/tasks/calls.ts';
import type { Timer } from '../../workflows/tasks/wait-runner.ts';
import { INTERPRETER_CONTRACT, type TaskFailure, type TaskStatus } from '../../workflows/messages.ts';
import type { Tasks, Value } from '../../definitions/model/types.ts';

/** Of a run that begins now. */
const plan = { contract: INTERPRETER_CONTRACT, defaults: {}, activities: {} };

export type PlayedActivity = (input: Value, call: ActivityCall) => Value | Promise<Value>;

/** An error with a type, for played activities that fail. */
export class PlayedFailure extends Error {
  readonly type: string;

  constructor(type: string, message = type) {
    super(message);
    this.type = type;
  }
}

export interface Played {
  readonly settlements: ReadonlyMap<string, Settlement>;
  /** Paths of the task instances whose activity was called, in order. */
  readonly called: readonly string[];
  readonly status: readonly TaskStatus[];
  readonly failures: readonly TaskFailure[];
  readonly scope: Scope;
  /** What slices were called with, in order. */
  readonly slices: readonly SliceCall[];
}

export interface PlayOptions {
  readonly params?: { readonly [name: string]: Value };
  readonly isCancelled?: () => boolean;
  readonly control?: RunControl;
  /** Default: nothing is sliced. */
  readonly limits?: SliceLimits;
  /** Whether a slice ends early after an item. Default: never. */
  readonly isFull?: () => boolean;
  /** What an earlier execution has left; has afterwards what this one leaves. Default: nothing. */
  readonly outcomes?: Outcomes;
  /** Default: every timer runs out at once. */
  readonly startTimer?: Surroundings['startTimer'];
  /** Whether the value of an instance comes from the cache, by its path. Default: none does. */
  readonly isCached?: (path: string) => boolean;
  /** Default: nobody is told of changes. */
  readonly changed?: () => void;
}

const ranOut = (): Timer => ({ ranOut: Promise.resolve(true), cancel: () => {} });

/** Every `activity` of `tasks` must be in `activities`. */
export async function play(
  tasks: Tasks,
  activities: { readonly [name: string]: PlayedActivity },
  {
    params = {},
    isCancelled = () => false,
    control = new RunControl(),
    limits,
    isFull = () => false,
    outcomes,
    startTimer = ranOut,
    isCached = () => false,
    changed,
  }: PlayOptions = {},
): Promise<Played> {
  const called: string[] = [];
  const failures = new FailureList();
  const nodes = statusNodes(tasks, '');
  let clock = 0;
  const runActivity = async (call: ActivityCall): Promise<Settlement> => {
    called.push(call.task);
    clock += 1;
    const activity = activities[call.activity];
    if (activity === undefined) throw new Error(`No played activity '${call.activity}'`);
    try {
      const settlement = succeeded(await activity(call.with, call));
      return isCached(call.task) ? { ...settlement, cached: true } : settlement;
    } catch (error) {
      if (!(error instanceof PlayedFailure)) throw error;
      return failed(error.type, error.message);
    }
  };
  const runWorkflow = async ({ workflow }: WorkflowCall): Promise<Settlement> => {
    throw new Error(`No played workflow '${workflow}'`);
  };
  const slices: SliceCall[] = [];
  /** As over Temporal: what goes in and comes out is JSON, and the rest is of the slice's own. */
  const runSlice = async (given: SliceCall): Promise<SliceResult> => {
    const call = JSON.parse(JSON.stringify(given)) as SliceCall;
    slices.push(call);
    const name = definitionPath(call.path).split('.').at(-1) ?? '';
    const own = new FailureList();
    const part = statusNodes({ [name]: call.task }, '');
    const runner = new TaskRunner(plan, surroundings, own);
    const result = await settleSlice(call, runner, nodeOf(part, name), own, isFull);
    return JSON.parse(JSON.stringify(result)) as SliceResult;
  };
  const surroundings: Surroundings = {
    ...(limits === undefined
      ? {}
      : { slicing: { limits, allowed: () => limits, keepsCut: () => true, runSlice } satisfies Slicing }),
    runWorkflow,
    runActivity,
    isCancelled,
    mayWithhold: () => true,
    control,
    startTimer,
    now: () => clock,
    ...(changed === undefined ? {} : { changed }),
  };
  const runner = new TaskRunner(plan, surroundings, failures, outcomes);
  const scope = Scope.ofRun({ id: 'run-1', definition: 'played', round: 0 }, params, {});
  const settlements = await runner.runTasks(tasks, '', scope, nodes);
  const status = [...nodes.values()].map((node) => node.view());
  return { settlements, called, status, failures: failures.view(), scope, slices };
}

/** A promise with its handle outside, to hold an activity at a known place. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  const opened = new EventEmitter();
  const passed = once(opened, 'open').then(() => {});
  return { passed, open: () => opened.emit('open') };
}
