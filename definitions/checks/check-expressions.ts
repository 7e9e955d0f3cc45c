/** Checks every expression of a definition in the scope in which it will be evaluated. */
import { InputCheck, takerOf, type Taker } from './check-input.ts';
import type { CheckContext } from './check-targets.ts';
import type { SourceDocument } from '../documents/document.ts';
import type { Path } from '../model/walk-json.ts';
import type { Problem } from '../documents/problem.ts';
import { UNKNOWN, sayType, typeOf } from '../documents/schema-types.ts';
import {
  DEFAULT_ITEM,
  RESERVED,
  outerScope,
  scopeOfFinally,
  scopeOfItem,
  scopeOfOutputs,
  scopeOfRepeat,
  scopeOfTask,
  scopeOfUntil,
  type StaticScope,
} from '../typing/static-scope.ts';
import type {
  ActivityTask,
  Definition,
  ForEach,
  GroupTask,
  Repeat,
  Task,
  Tasks,
  Value,
  Wait,
  WorkflowTask,
} from '../model/types.ts';
import { ValueChecker, itemSchema } from '../typing/value-checker.ts';

interface Check {
  readonly document: SourceDocument;
  readonly context: CheckContext;
  readonly problems: Problem[];
}

/** The scope of what runs for each item. */
function checkForEach(forEach: ForEach, path: Path, scope: StaticScope, check: Check): StaticScope {
  const { document, problems } = check;
  const { in: list, as: name = DEFAULT_ITEM } = forEach;
  if (RESERVED.includes(name)) {
    const message = `The item cannot be named '${name}': expressions have that name already.`;
    const advice = 'Choose another name, such as the singular of what the list holds.';
    problems.push(document.problem({ code: 'RESERVED_NAME', message, advice }, [...path, 'as']));
  }
  if (typeof list !== 'string' && !Array.isArray(list)) return scopeOfItem(scope, name, UNKNOWN);
  const schema = new ValueChecker(scope, document, problems).check(list, [...path, 'in']);
  const item = itemSchema(schema);
  if (item === undefined) {
    const message = `forEach needs a list; this is ${sayType(typeOf(schema ?? UNKNOWN))}.`;
    problems.push(
      document.problem({ code: 'FOR_EACH_NOT_LIST', message, advice: adviseOnList(list) }, [...path, 'in']),
    );
  }
  return RESERVED.includes(name) ? scope : scopeOfItem(scope, name, item ?? UNKNOWN);
}

/** @param list what stands where a list is wanted. */
function adviseOnList(list: Value): string {
  if (typeof list === 'string' && /^(params|tasks)\.[\w.]+$/.test(list))
    return `Write '\${ ${list} }': without \${ } it is a text.`;
  return 'Give a list, or an expression whose value is one, such as ${ range(3) }.';
}

function checkTask(task: Task, path: Path, scope: StaticScope, check: Check): void {
  const { document, context, problems } = check;
  if (task.when !== undefined)
    new ValueChecker(scope, document, problems).checkCondition(task.when, [...path, 'when']);
  const instance =
    task.forEach === undefined ? scope : checkForEach(task.forEach, [...path, 'forEach'], scope, check);
  const inner = task.repeat === undefined ? instance : scopeOfRepeat(instance);
  checkUntil(task.repeat, path, inner, check);
  if ('tasks' in task) return checkGroup(task, path, inner, check);
  const checker = new ValueChecker(inner, document, problems);
  if ('wait' in task) return checkWait(task.wait, [...path, 'wait'], checker, check);
  if (task.fairnessKey !== undefined) checker.check(task.fairnessKey, [...path, 'fairnessKey']);
  const contract = takenBy(task, context);
  if (contract !== undefined) new InputCheck(contract, checker, document, problems).check(task.with, path);
  else if (task.with !== undefined) checker.check(task.with, [...path, 'with']);
}

/** What takes the task's `with`; undefined if it is not known. */
function takenBy(
  task: ActivityTask | WorkflowTask,
  { catalogue, definitions }: CheckContext,
): Taker | undefined {
  if ('activity' in task) {
    const contract = catalogue.get(task.activity);
    return contract === undefined ? undefined : { ...contract, kind: 'activity' };
  }
  const definition = definitions?.get(task.workflow);
  return definition === undefined ? undefined : takerOf(task.workflow, definition);
}

function checkUntil(repeat: Repeat | undefined, path: Path, scope: StaticScope, check: Check): void {
  if (repeat?.until === undefined) return;
  const { document, problems } = check;
  new ValueChecker(scope, document, problems).checkCondition(repeat.until, [...path, 'repeat', 'until']);
}

function checkWait(wait: Wait, path: Path, checker: ValueChecker, { document, problems }: Check): void {
  if ('approval' in wait) checker.check(wait.approval.message, [...path, 'approval', 'message']);
  if (!('until' in wait)) return;
  const type = typeOf(checker.check(wait.until, [...path, 'until']) ?? UNKNOWN);
  if (type === undefined || type === 'string') return;
  const message = `'until' needs a time as a text; this is ${sayType(type)}.`;
  const advice = 'Give a text such as 2027-01-31T08:00:00+01:00.';
  problems.push(document.problem({ code: 'BAD_TIMESTAMP', message, advice }, [...path, 'until']));
}

function checkGroup(
  group: Pick<GroupTask, 'tasks' | 'outputs'>,
  path: Path,
  scope: StaticScope,
  check: Check,
): void {
  const { document, context, problems } = check;
  checkTasks(group.tasks, [...path, 'tasks'], scope, check);
  if (group.outputs === undefined) return;
  const outputsScope = scopeOfOutputs(scope, group.tasks, context);
  new ValueChecker(outputsScope, document, problems).check(group.outputs, [...path, 'outputs']);
}

function checkTasks(tasks: Tasks, path: Path, scope: StaticScope, check: Check): void {
  for (const [name, task] of Object.entries(tasks))
    checkTask(task, [...path, name], scopeOfTask(scope, tasks, name, check.context), check);
}

/** Problems of every expression, `when`, `forEach` and `with`; see `ValueChecker`, `InputCheck` and `checkReference`. */
export function checkExpressions(
  definition: Definition,
  document: SourceDocument,
  context: CheckContext,
): readonly Problem[] {
  const problems: Problem[] = [];
  const check = { document, context, problems };
  const outer = outerScope(definition);
  const { fairnessKey } = definition.defaults ?? {};
  if (fairnessKey !== undefined)
    new ValueChecker(outer, document, problems).check(fairnessKey, ['defaults', 'fairnessKey']);
  checkGroup(definition, [], outer, check);
  checkUntil(definition.repeat, [], scopeOfUntil(definition, context), check);
  if (definition.finally !== undefined)
    checkTasks(definition.finally, ['finally'], scopeOfFinally(definition, context), check);
  return problems;
}
