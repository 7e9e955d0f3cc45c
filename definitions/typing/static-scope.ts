/** What the names in expressions stand for at one place of a definition, as schemas: before any run. Pure. */
import type { CheckContext } from '../checks/check-targets.ts';
import { ancestorsOf } from '../model/graph.ts';
import { UNKNOWN, propertiesOf } from '../documents/schema-types.ts';
import type { Definition, JsonSchema, Task, Tasks } from '../model/types.ts';

/** Names that no item of a `forEach` may have. */
export const RESERVED: readonly string[] = ['params', 'tasks', 'run', 'repeat', 'outputs'];

/** The name of the item when `forEach` does not say. */
export const DEFAULT_ITEM = 'item';

type Schemas = { readonly [name: string]: JsonSchema };

/** What says which values tasks have. */
type Known = Pick<CheckContext, 'catalogue' | 'definitions'>;

export interface StaticScope {
  readonly params: Schemas;
  /** Tasks whose values are there: those that are needed, directly or through others, here and in the groups around. */
  readonly tasks: Schemas;
  /** Tasks that are there but not needed. */
  readonly notNeeded: ReadonlySet<string>;
  /** Tasks of the definition's `finally`, which only those see. */
  readonly last: Tasks;
  /** `run`, `repeat` inside a task that repeats, and the items of the `forEach` tasks around. */
  readonly names: Schemas;
}

const RUN: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { id: { type: 'string' }, definition: { type: 'string' }, round: { type: 'integer' } },
};

const APPROVAL: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { approved: { type: 'boolean' }, by: { type: 'string' }, note: { type: 'string' } },
};

/** What the tasks of `finally` see around them: every task, and how the run went. */
export function scopeOfFinally(definition: Definition, known: Known): StaticScope {
  const scope = scopeOfOutputs(outerScope(definition), definition.tasks, known);
  const run = scope.names['run'] ?? RUN;
  const properties = { ...propertiesOf(run), outcome: { type: 'string' } };
  return { ...scope, last: {}, names: { ...scope.names, run: { ...run, properties } } };
}

/** The scope around a definition's tasks. */
export function outerScope(definition: Definition): StaticScope {
  const { params = {}, repeat, finally: last = {} } = definition;
  // What the last round came to is not told by a schema: in round 0 it is null.
  const run = repeat === undefined ? RUN : closed({ ...propertiesOf(RUN), last: UNKNOWN });
  return { params, tasks: {}, notNeeded: new Set(), last, names: { run } };
}

/** What a definition's `repeat.until` sees: all tasks, and the outputs of the round just ended. */
export function scopeOfUntil(definition: Definition, known: Known): StaticScope {
  const scope = scopeOfOutputs(outerScope(definition), definition.tasks, known);
  const outputs = Object.keys(definition.outputs ?? {}).map((name) => [name, UNKNOWN] as const);
  return { ...scope, names: { ...scope.names, outputs: closed(Object.fromEntries(outputs)) } };
}

/** The scope inside a task that repeats. */
export function scopeOfRepeat(scope: StaticScope): StaticScope {
  return {
    ...scope,
    names: { ...scope.names, repeat: closed({ round: { type: 'integer' }, last: UNKNOWN }) },
  };
}

function closed(properties: Schemas): JsonSchema {
  return { type: 'object', additionalProperties: false, properties };
}

function valueOfOne(task: Task, known: Known): JsonSchema | undefined {
  if ('tasks' in task) return groupValue(task.tasks, task.outputs, known);
  if ('wait' in task) return 'approval' in task.wait ? APPROVAL : closed({});
  if ('activity' in task) return known.catalogue.get(task.activity)?.output;
  const called = known.definitions?.get(task.workflow);
  return called === undefined ? undefined : closed(called.outputs);
}

/** What a task is worth in expressions. */
function valueOf(task: Task, known: Known): JsonSchema {
  const one = valueOfOne(task, known);
  if (task.forEach === undefined) return one ?? UNKNOWN;
  const item = closed({ status: { type: 'string' }, output: one ?? UNKNOWN, error: UNKNOWN });
  return { type: 'array', items: item };
}

function groupValue(tasks: Tasks, outputs: object | undefined, known: Known): JsonSchema {
  if (outputs !== undefined)
    return closed(Object.fromEntries(Object.keys(outputs).map((key) => [key, UNKNOWN])));
  return closed(
    Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, valueOf(task, known)])),
  );
}

function withTasks(
  scope: StaticScope,
  tasks: Tasks,
  visible: (name: string) => boolean,
  known: Known,
): StaticScope {
  const own = Object.keys(tasks);
  const outer = Object.entries(scope.tasks).filter(([name]) => !Object.hasOwn(tasks, name));
  const seen = Object.entries(tasks)
    .filter(([name]) => visible(name))
    .map(([name, task]) => [name, valueOf(task, known)] as const);
  return {
    ...scope,
    tasks: Object.fromEntries([...outer, ...seen]),
    notNeeded: new Set(
      [...scope.notNeeded, ...own].filter((name) => !seen.some(([visibleName]) => visibleName === name)),
    ),
  };
}

/** What a task of a group sees; `scope` is that around the group. */
export function scopeOfTask(scope: StaticScope, tasks: Tasks, name: string, known: Known): StaticScope {
  const needed = ancestorsOf(tasks, name);
  return withTasks(scope, tasks, (other) => other !== name && needed.has(other), known);
}

/** What the outputs of a group (or definition) see: all of its tasks. */
export function scopeOfOutputs(scope: StaticScope, tasks: Tasks, known: Known): StaticScope {
  return withTasks(scope, tasks, () => true, known);
}

/** The scope with the item of a `forEach`. */
export function scopeOfItem(scope: StaticScope, name: string, item: JsonSchema): StaticScope {
  return { ...scope, names: { ...scope.names, [name]: item } };
}
