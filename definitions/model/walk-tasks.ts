/** The one way over the tasks of a definition. Pure; runs inside the workflow sandbox. */
import type { Path } from './walk-json.ts';
import { taskPath } from './instance-path.ts';
import { isActivity, isGroup, isWorkflow } from './task-kind.ts';
import type { Definition, Task, Tasks } from './types.ts';

/** What of a definition has tasks. */
export type HasTasks = Pick<Definition, 'tasks' | 'finally'>;

/** The tasks that can need one another: those of the definition, of its `finally`, of a group, or of a `catch`. */
export interface TaskLevel {
  readonly tasks: Tasks;
  /** In the document, such as `['tasks', 'explore', 'tasks']`. */
  readonly at: Path;
  /** Path of the group, or of the task that has the `catch`: `explore`, or `''`. */
  readonly group: string;
  /** Whether it is, or is inside, `finally`. */
  readonly isLast: boolean;
  /** Whether it is, or is inside, the `catch` of a task: it runs only when something has failed. */
  readonly isCatch: boolean;
}

export interface PlacedTask {
  readonly name: string;
  readonly task: Task;
  /** In the document, such as `['tasks', 'explore', 'tasks', 'score']`. */
  readonly at: Path;
  /** In the definition: `explore.score`. */
  readonly path: string;
  readonly level: TaskLevel;
}

/** Every level, each before those inside it, in the order written; `finally` comes last. */
export function* walkLevels({ tasks, finally: last }: HasTasks): Generator<TaskLevel> {
  yield* levelsFrom({ tasks, at: ['tasks'], group: '', isLast: false, isCatch: false });
  if (last !== undefined)
    yield* levelsFrom({ tasks: last, at: ['finally'], group: '', isLast: true, isCatch: false });
}

function* levelsFrom(level: TaskLevel): Generator<TaskLevel> {
  yield level;
  for (const { task, at, path } of tasksOfLevel(level)) {
    if (isGroup(task)) yield* levelsFrom({ ...level, tasks: task.tasks, at: [...at, 'tasks'], group: path });
    if (task.catch !== undefined)
      yield* levelsFrom({
        ...level,
        tasks: task.catch.tasks,
        at: [...at, 'catch', 'tasks'],
        group: path,
        isCatch: true,
      });
  }
}

/** The tasks of one level alone. */
export function tasksOfLevel(level: TaskLevel): readonly PlacedTask[] {
  return Object.entries(level.tasks).map(([name, task]) => ({
    name,
    task,
    at: [...level.at, name],
    path: taskPath(level.group, name),
    level,
  }));
}

/** Every task at any depth, level by level. */
export function* walkTasks(definition: HasTasks): Generator<PlacedTask> {
  for (const level of walkLevels(definition)) yield* tasksOfLevel(level);
}

/** The definitions that a definition runs, each once. */
export function callsOf(definition: HasTasks): readonly string[] {
  const called = [...walkTasks(definition)].flatMap(({ task }) => (isWorkflow(task) ? [task.workflow] : []));
  return [...new Set(called)];
}

/** The activities that a definition uses itself, each once. */
export function activitiesOf(definition: HasTasks): readonly string[] {
  const used = [...walkTasks(definition)].flatMap(({ task }) => (isActivity(task) ? [task.activity] : []));
  return [...new Set(used)];
}
