/** What the names in expressions stand for at one place of a definition, as schemas: before any run. Pure. */
import { UNKNOWN, propertiesOf } from '../documents/schema-types.ts';
import { ancestryOf, type Ancestry } from '../model/ancestry.ts';
import type { KnownValues } from '../model/check-context.ts';
import { isActivity, isFail, isGroup, isWait } from '../model/task-kind.ts';
import type { Definition, JsonSchema, Task, Tasks, Wait } from '../model/types.ts';

/** Names that no item of a `forEach` may have. */
export const RESERVED: readonly string[] = ['params', 'tasks', 'errors', 'run', 'repeat', 'outputs'];

/** The name of the item when `forEach` does not say. */
export const DEFAULT_ITEM = 'item';

type Schemas = { readonly [name: string]: JsonSchema };

/** What is there under the name of a task: its value's schema; `notNeeded` where it may not have ended. */
type SeenTask = JsonSchema | 'notNeeded';

export interface StaticScope {
  readonly params: Schemas;
  readonly tasks: SeenTasks;
  /** Tasks of the definition's `finally`, which only those see. */
  readonly last: Tasks;
  /** `run`, `repeat` inside a task that repeats, and the items of the `forEach` tasks around. */
  readonly names: Schemas;
}

/** The tasks seen from one place: those of its group as far as they are needed there, and those seen around the group. */
export class SeenTasks {
  readonly #values: TaskValues;
  readonly #around: SeenTasks | undefined;
  readonly #own: Tasks;
  readonly #isSeen: (name: string) => boolean;

  constructor(
    values: TaskValues,
    around: SeenTasks | undefined,
    own: Tasks,
    isSeen: (name: string) => boolean,
  ) {
    this.#values = values;
    this.#around = around;
    this.#own = own;
    this.#isSeen = isSeen;
  }

  /** Of tasks with the same name that of the innermost group counts. */
  get(name: string): SeenTask | undefined {
    const task = Object.hasOwn(this.#own, name) ? this.#own[name] : undefined;
    if (task === undefined) return this.#around?.get(name);
    return this.#isSeen(name) ? this.#values.of(task) : 'notNeeded';
  }

  /** All that have a name here, needed or not. */
  names(): readonly string[] {
    const around = this.#around?.names() ?? [];
    return around.length === 0
      ? Object.keys(this.#own)
      : [...new Set([...Object.keys(this.#own), ...around])];
  }

  /** The same place for a task of a group that is here. */
  within(own: Tasks, isSeen: (name: string) => boolean): SeenTasks {
    return new SeenTasks(this.#values, this, own, isSeen);
  }

  /** Whether a task of one of the groups seen so far comes before another of the same group. */
  ancestry(tasks: Tasks): Ancestry {
    return this.#values.ancestry(tasks);
  }
}

/** What tasks are worth in expressions; each found once. */
class TaskValues {
  readonly #known: KnownValues;
  readonly #schemas = new WeakMap<Task, JsonSchema>();
  readonly #ancestries = new WeakMap<Tasks, Ancestry>();

  constructor(known: KnownValues) {
    this.#known = known;
  }

  of(task: Task): JsonSchema {
    const found = this.#schemas.get(task) ?? this.#find(task);
    this.#schemas.set(task, found);
    return found;
  }

  ancestry(tasks: Tasks): Ancestry {
    const found = this.#ancestries.get(tasks) ?? ancestryOf(tasks);
    this.#ancestries.set(tasks, found);
    return found;
  }

  #find(task: Task): JsonSchema {
    const one = this.#ofOne(task) ?? UNKNOWN;
    if (task.forEach === undefined) return one;
    const item = closed({ status: { type: 'string' }, output: one, error: UNKNOWN });
    return { type: 'array', items: item };
  }

  #ofOne(task: Task): JsonSchema | undefined {
    // It may also be what the tasks of its `catch` are worth.
    if (task.catch !== undefined) return undefined;
    if (isGroup(task)) return this.#ofGroup(task.tasks, task.outputs);
    if (isWait(task)) return waitSchema(task.wait);
    if (isFail(task)) return closed({});
    if (isActivity(task)) return this.#known.catalogue.get(task.activity)?.output;
    const called = this.#known.definitions?.get(task.workflow);
    return called === undefined ? undefined : closed(called.outputs);
  }

  #ofGroup(tasks: Tasks, outputs: object | undefined): JsonSchema {
    if (outputs !== undefined)
      return closed(Object.fromEntries(Object.keys(outputs).map((key) => [key, UNKNOWN])));
    return closed(Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, this.of(task)])));
  }
}

const RUN: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { id: { type: 'string' }, definition: { type: 'string' }, round: { type: 'integer' } },
};

/** What only the tasks of `finally` see of `run`. */
const ENDED: Schemas = {
  outcome: { type: 'string' },
  failures: {
    type: 'array',
    items: closed({
      task: { type: 'string' },
      state: { type: 'string' },
      type: { type: 'string' },
      message: { type: 'string' },
    }),
  },
};

/** What the tasks of a `catch` see as `error`. */
const CAUGHT: JsonSchema = closed({
  type: { type: 'string' },
  message: { type: 'string' },
  task: { type: 'string' },
});

/** What is there under `errors` of a task that failed. */
export const TASK_ERROR: JsonSchema = closed({ type: { type: 'string' }, message: { type: 'string' } });

const APPROVAL: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { approved: { type: 'boolean' }, by: { type: 'string' }, note: { type: 'string' } },
};

const LABELS: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { complete: { type: 'boolean' }, labelers: { type: 'integer' }, labels: { type: 'integer' } },
};

function waitSchema(wait: Wait): JsonSchema {
  if ('approval' in wait) return APPROVAL;
  return 'labels' in wait ? LABELS : closed({});
}

function closed(properties: Schemas): JsonSchema {
  return { type: 'object', additionalProperties: false, properties };
}

/** The scope around a definition's tasks. */
export function outerScope(definition: Definition, known: KnownValues): StaticScope {
  const { params = {}, repeat, finally: last = {} } = definition;
  // What the last round came to is not told by a schema: in round 0 it is null.
  const run = repeat === undefined ? RUN : closed({ ...propertiesOf(RUN), last: UNKNOWN });
  const tasks = new SeenTasks(new TaskValues(known), undefined, {}, () => false);
  return { params, tasks, last, names: { run } };
}

/** What the tasks of `finally` see around them: every task, and how the run went. `outer` is the scope around all. */
export function scopeOfFinally({ tasks }: Definition, outer: StaticScope): StaticScope {
  const scope = scopeOfOutputs(outer, tasks);
  const run = scope.names['run'] ?? RUN;
  const properties = { ...propertiesOf(run), ...ENDED };
  return { ...scope, last: {}, names: { ...scope.names, run: { ...run, properties } } };
}

/** What a definition's `repeat.until` sees: all tasks, and the outputs of the round just ended. */
export function scopeOfUntil({ tasks, outputs = {} }: Definition, outer: StaticScope): StaticScope {
  const scope = scopeOfOutputs(outer, tasks);
  const named = Object.keys(outputs).map((name) => [name, UNKNOWN] as const);
  return { ...scope, names: { ...scope.names, outputs: closed(Object.fromEntries(named)) } };
}

/** The scope inside a task that repeats. */
export function scopeOfRepeat(scope: StaticScope): StaticScope {
  const repeat = closed({ round: { type: 'integer' }, last: UNKNOWN });
  return { ...scope, names: { ...scope.names, repeat } };
}

/** What a task of a group sees; `scope` is that around the group. */
export function scopeOfTask(scope: StaticScope, tasks: Tasks, name: string): StaticScope {
  const isBefore = scope.tasks.ancestry(tasks);
  return { ...scope, tasks: scope.tasks.within(tasks, (other) => isBefore(name, other)) };
}

/** What the outputs of a group (or definition) see: all of its tasks. */
export function scopeOfOutputs(scope: StaticScope, tasks: Tasks): StaticScope {
  return { ...scope, tasks: scope.tasks.within(tasks, () => true) };
}

/** What the `catch` of a task sees; `scope` is that inside the task. */
export function scopeOfCatch(scope: StaticScope, task: Task): StaticScope {
  const { names, ...seen } = isGroup(task) ? scopeOfOutputs(scope, task.tasks) : scope;
  return { ...seen, names: { ...names, error: CAUGHT } };
}

/** The scope with the item of a `forEach`. */
export function scopeOfItem(scope: StaticScope, name: string, item: JsonSchema): StaticScope {
  return { ...scope, names: { ...scope.names, [name]: item } };
}
