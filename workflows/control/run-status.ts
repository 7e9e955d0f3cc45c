/** What the `status` query answers: from the first moment of a run, while it runs, and after its end. */
import type { RunBudget } from '../../activities/activity.ts';
import type { Definition, Value } from '../../definitions/model/types.ts';
import { jsonBytes } from '../../definitions/model/value-size.ts';
import type { RunState, RunStatus } from '../messages.ts';
import { RunControl } from './run-control.ts';
import type { Scope } from '../state/bindings.ts';
import { FailureList, statusNodes, type StatusNode } from '../state/status-tree.ts';

type Values = { readonly [name: string]: Value };

const TASKS_IN_SUMMARY = 50;
/** What is larger as a payload is replaced by a reference, which the Temporal UI cannot show. */
const MAX_SUMMARY_BYTES = 4_500;

/** What is shown of a run whose definition is pinned. */
interface BegunRun {
  readonly definition: Definition;
  readonly params: Values;
  readonly digest: string;
  readonly budget: RunBudget | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly isPaused: boolean;
  readonly round: number;
}

export class StatusOfRun {
  readonly failures = new FailureList();
  readonly control = new RunControl();
  readonly #runId: string;
  readonly #definition: string;
  #startedAt: number;
  #budget: RunBudget | undefined;
  #params: Values;
  #description = '';
  #digest = '';
  #state: RunState = 'running';
  #endedAt: number | undefined;
  #round: number | undefined;
  #nodes: ReadonlyMap<string, StatusNode> = new Map();
  #lastNodes: ReadonlyMap<string, StatusNode> = new Map();
  /** The run's result; null until it succeeded. */
  outputs: Values | null = null;
  /** What the run's outputs see, or its `finally`; undefined until it is pinned, and of a slice. */
  scope: Scope | undefined;

  /** @param startedAt milliseconds since the epoch. */
  constructor(runId: string, definition: string, startedAt: number, params: Values) {
    this.#runId = runId;
    this.#definition = definition;
    this.#startedAt = startedAt;
    this.#params = params;
  }

  /** The run's tasks become known: until now the answer has none, and an empty digest. */
  begin({ definition, params, digest, budget, startedAt, isPaused, round }: BegunRun): void {
    this.#budget = budget;
    if (definition.repeat !== undefined) this.#round = round;
    this.#startedAt = startedAt;
    if (isPaused) this.control.pause();
    this.#params = params;
    this.beginTasks(definition, digest);
  }

  /**
   * The tasks of a run, or those that a slice has of them, become known.
   *
   * @param group path in the definition of the group whose tasks these are.
   */
  beginTasks(
    { description = '', tasks, finally: last = {} }: Pick<Definition, 'description' | 'tasks' | 'finally'>,
    digest: string,
    group = '',
  ): void {
    this.#description = description;
    this.#digest = digest;
    this.#nodes = statusNodes(tasks, group);
    this.#lastNodes = statusNodes(last, '');
    this.control.pin({ ...tasks, ...last }, group);
  }

  end(state: RunState, now: number): void {
    this.#state = state;
    this.#endedAt = now;
  }

  /** The nodes of the run's own tasks, by name. */
  get nodes(): ReadonlyMap<string, StatusNode> {
    return this.#nodes;
  }

  /** Those of its `finally`. */
  get lastNodes(): ReadonlyMap<string, StatusNode> {
    return this.#lastNodes;
  }

  /**
   * Markdown for the run's "current details" in the Temporal UI: one line for each of the run's tasks, for the first 50.
   * Drawn up whenever something changes, so it must cost little.
   */
  summary(): string {
    const lines = [this.#description, '', ...(this.control.isPaused ? ['Paused.', ''] : [])];
    const nodes = [...this.#nodes.values(), ...this.#lastNodes.values()];
    for (const node of nodes.slice(0, TASKS_IN_SUMMARY)) lines.push(`- **${node.name}**: ${node.line()}`);
    if (nodes.length > TASKS_IN_SUMMARY) lines.push(`- … and ${nodes.length - TASKS_IN_SUMMARY} more`);
    const waiting = this.control.view();
    if (waiting.length > 0) lines.push('');
    for (const { state, task, reason } of waiting) lines.push(`- ${state}: **${task}**: ${reason}`);
    return firstLines(lines, MAX_SUMMARY_BYTES).join('\n');
  }

  view(): RunStatus {
    return {
      runId: this.#runId,
      definition: this.#definition,
      description: this.#description,
      state: this.#state,
      paused: this.control.isPaused,
      params: this.#params,
      digest: this.#digest,
      startedAt: this.#startedAt,
      ...(this.#endedAt === undefined ? {} : { endedAt: this.#endedAt }),
      ...(this.#round === undefined ? {} : { round: this.#round }),
      tasks: [...this.#nodes.values(), ...this.#lastNodes.values()].map((node) => node.view()),
      slices: this.control.slices(),
      waiting: this.control.view(),
      failures: this.failures.view(),
      outputs: this.outputs,
      ...(this.#budget === undefined ? {} : { budget: this.#budget }),
    };
  }
}

function firstLines(lines: readonly string[], maxBytes: number): readonly string[] {
  let bytes = 0;
  const last = lines.findIndex((line) => (bytes += jsonBytes(line)) > maxBytes);
  return last === -1 ? lines : [...lines.slice(0, last), '- …'];
}
