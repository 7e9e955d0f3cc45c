/** Checks of the names a definition takes from elsewhere: its file, activities, task queues. */
import type { Finding, SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import { didYouMean } from '../model/did-you-mean.ts';
import type { Problem } from '../documents/problem.ts';
import type { ActivityCatalogue, Definition, JsonSchema, TaskOptions, Tasks } from '../model/types.ts';

/** What another definition must know of one in order to run it. */
export interface Callable extends Pick<Definition, 'params'> {
  /** Names of the definitions that its own tasks run. */
  readonly calls: readonly string[];
  /** What a run of it is worth, by `outputTypes`. */
  readonly outputs: { readonly [name: string]: JsonSchema };
}

/** What a definition may refer to. */
export interface CheckContext {
  /** The definitions that may be run by others, by name; left out, they are not checked. */
  readonly definitions?: ReadonlyMap<string, Callable>;
  readonly catalogue: ActivityCatalogue;
  /** Names of the task queues in `configs/queues.yaml`; left out, they are not checked. */
  readonly queues?: Iterable<string>;
}

function* checkQueue(
  options: TaskOptions,
  path: Path,
  document: SourceDocument,
  queues: readonly string[] | undefined,
): Generator<Problem> {
  const { taskQueue } = options;
  if (taskQueue === undefined || queues === undefined || queues.includes(taskQueue)) return;
  const message = `There is no task queue '${taskQueue}' in configs/queues.yaml.`;
  const finding = { code: 'UNKNOWN_TASK_QUEUE', message, advice: didYouMean(taskQueue, queues) };
  yield document.problem(finding, [...path, 'taskQueue']);
}

/** By what other languages call it: what runs a program is `command` here. */
function adviseOnActivity(name: string, catalogue: ActivityCatalogue): string {
  if (/^(shell|script|bash|sh|exec|run|program|python|docker)$/i.test(name) && catalogue.has('command'))
    return "A program is run by 'command', such as with: { command: [python3, score.py] }.";
  return didYouMean(name, catalogue.keys());
}

function* checkTasks(
  tasks: Tasks,
  path: Path,
  document: SourceDocument,
  context: CheckContext,
  queues: readonly string[] | undefined,
): Generator<Problem> {
  const { catalogue, definitions } = context;
  for (const [name, task] of Object.entries(tasks)) {
    yield* checkQueue(task, [...path, name], document, queues);
    if ('tasks' in task) yield* checkTasks(task.tasks, [...path, name, 'tasks'], document, context, queues);
    else if ('activity' in task && task.activity !== '' && !catalogue.has(task.activity)) {
      const message = `There is no activity '${task.activity}'.`;
      const finding: Finding = {
        code: 'UNKNOWN_ACTIVITY',
        message,
        advice: definitions?.has(task.activity)
          ? `'${task.activity}' is a definition: write 'workflow: ${task.activity}'.`
          : adviseOnActivity(task.activity, catalogue),
      };
      yield document.problem(finding, [...path, name, 'activity']);
    }
  }
}

/** Whether running one definition runs another, directly or through others. */
function leadsTo(from: string, to: string, definitions: ReadonlyMap<string, Callable>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(definitions.get(next)?.calls ?? []));
  }
  return false;
}

function* checkCalls(
  tasks: Tasks,
  path: Path,
  caller: string,
  document: SourceDocument,
  definitions: ReadonlyMap<string, Callable> | undefined,
): Generator<Problem> {
  for (const [name, task] of Object.entries(tasks)) {
    const at = [...path, name];
    if (!('activity' in task || 'workflow' in task) && Object.hasOwn(task, 'with')) {
      const message = "'with' goes with 'activity' or 'workflow', which is not there.";
      const advice = "Remove 'with': the tasks of a group take from params and tasks what they need.";
      yield document.problem({ code: 'UNKNOWN_KEY', message, advice }, [...at, 'with'], 'key');
    }
    if ('tasks' in task) yield* checkCalls(task.tasks, [...at, 'tasks'], caller, document, definitions);
    if (!('workflow' in task) || definitions === undefined) continue;
    if (leadsTo(task.workflow, caller, definitions)) {
      const message = `Task '${name}' would run '${caller}' again inside itself, without end.`;
      yield document.problem({ code: 'WORKFLOW_CYCLE', message, advice: 'Run another definition.' }, [
        ...at,
        'workflow',
      ]);
    } else if (!definitions.has(task.workflow)) {
      const message = `There is no definition '${task.workflow}'.`;
      const advice = didYouMean(task.workflow, definitions.keys());
      yield document.problem({ code: 'UNKNOWN_DEFINITION', message, advice }, [...at, 'workflow']);
    }
  }
}

/** Problems `NAME_DIFFERS_FROM_FILE`, `UNKNOWN_ACTIVITY`, `UNKNOWN_TASK_QUEUE`, `UNKNOWN_DEFINITION`, `WORKFLOW_CYCLE`. */
export function* checkTargets(
  definition: Definition,
  document: SourceDocument,
  context: CheckContext,
): Generator<Problem> {
  const fileName = document.file
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.ya?ml$/, '');
  if (definition.name !== '' && fileName !== definition.name) {
    const message = `The definition is named '${definition.name}', its file '${fileName}'.`;
    const advice = `Name the definition '${fileName}', or the file '${definition.name}.yaml'.`;
    yield document.problem({ code: 'NAME_DIFFERS_FROM_FILE', message, advice }, ['name']);
  }
  const queues = context.queues === undefined ? undefined : [...context.queues];
  yield* checkQueue(definition.defaults ?? {}, ['defaults'], document, queues);
  yield* checkTasks(definition.tasks, ['tasks'], document, context, queues);
  yield* checkTasks(definition.finally ?? {}, ['finally'], document, context, queues);
  const { name, tasks, finally: last = {} } = definition;
  yield* checkCalls(tasks, ['tasks'], name, document, context.definitions);
  yield* checkCalls(last, ['finally'], name, document, context.definitions);
}
