/** Checks every expression of a definition in the scope in which it will be evaluated. */
import type { Subject } from './check.ts';
import { InputCheck, takerOf, type Taker } from './check-input.ts';
import type { Found } from '../documents/problem.ts';
import { UNKNOWN, sayType, typeOf } from '../documents/schema-types.ts';
import type { CheckContext } from '../model/check-context.ts';
import { isActivity, isFail, isGroup, isWait } from '../model/task-kind.ts';
import type {
  ActivityTask,
  Catch,
  ForEach,
  GroupTask,
  Labels,
  Repeat,
  Task,
  Tasks,
  Value,
  Wait,
  WorkflowTask,
} from '../model/types.ts';
import type { Path } from '../model/walk-json.ts';
import {
  DEFAULT_ITEM,
  RESERVED,
  outerScope,
  scopeOfCatch,
  scopeOfFinally,
  scopeOfItem,
  scopeOfOutputs,
  scopeOfRepeat,
  scopeOfTask,
  scopeOfUntil,
  type StaticScope,
} from '../typing/static-scope.ts';
import { ValueChecker, itemSchema } from '../typing/value-checker.ts';

/** Problems of every expression, `when`, `forEach` and `with`; see `ValueChecker`, `InputCheck` and `checkReference`. */
export function* checkExpressions({ definition, context }: Subject): Generator<Found> {
  const found: Found[] = [];
  const outer = outerScope(definition, context);
  const { fairnessKey } = definition.defaults ?? {};
  if (fairnessKey !== undefined)
    new ValueChecker(outer, found).check(fairnessKey, ['defaults', 'fairnessKey']);
  yield* found;
  yield* checkGroup(definition, [], outer, context);
  yield* checkUntil(definition.repeat, [], scopeOfUntil(definition, outer));
  if (definition.finally !== undefined)
    yield* checkTasks(definition.finally, ['finally'], scopeOfFinally(definition, outer), context);
}

function* checkGroup(
  group: Pick<GroupTask, 'tasks' | 'outputs'>,
  path: Path,
  scope: StaticScope,
  context: CheckContext,
): Generator<Found> {
  yield* checkTasks(group.tasks, [...path, 'tasks'], scope, context);
  if (group.outputs === undefined) return;
  const found: Found[] = [];
  new ValueChecker(scopeOfOutputs(scope, group.tasks), found).check(group.outputs, [...path, 'outputs']);
  yield* found;
}

function* checkTasks(tasks: Tasks, path: Path, scope: StaticScope, context: CheckContext): Generator<Found> {
  for (const [name, task] of Object.entries(tasks))
    yield* checkTask(task, [...path, name], scopeOfTask(scope, tasks, name), context);
}

function* checkTask(task: Task, path: Path, scope: StaticScope, context: CheckContext): Generator<Found> {
  const found: Found[] = [];
  if (task.when !== undefined) new ValueChecker(scope, found).checkCondition(task.when, [...path, 'when']);
  const instance =
    task.forEach === undefined ? scope : checkForEach(task.forEach, [...path, 'forEach'], scope, found);
  yield* found;
  const inner = task.repeat === undefined ? instance : scopeOfRepeat(instance);
  yield* checkUntil(task.repeat, path, inner);
  if (isGroup(task)) yield* checkGroup(task, path, inner, context);
  else if (isWait(task)) yield* checkWait(task.wait, [...path, 'wait'], inner);
  else if (isFail(task)) yield* checkText(task.fail.message, [...path, 'fail', 'message'], inner);
  else yield* checkCall(task, path, inner, context);
  if (task.catch !== undefined)
    yield* checkCatch(task.catch, [...path, 'catch'], scopeOfCatch(inner, task), context);
}

function* checkCatch(
  handler: Catch,
  path: Path,
  scope: StaticScope,
  context: CheckContext,
): Generator<Found> {
  const found: Found[] = [];
  if (handler.when !== undefined)
    new ValueChecker(scope, found).checkCondition(handler.when, [...path, 'when']);
  yield* found;
  yield* checkGroup(handler, path, scope, context);
}

function* checkCall(
  task: ActivityTask | WorkflowTask,
  path: Path,
  scope: StaticScope,
  context: CheckContext,
): Generator<Found> {
  const found: Found[] = [];
  const checker = new ValueChecker(scope, found);
  if (task.fairnessKey !== undefined) checker.check(task.fairnessKey, [...path, 'fairnessKey']);
  const contract = takenBy(task, context);
  if (contract !== undefined) new InputCheck(contract, checker, found).check(task.with, path);
  else if (task.with !== undefined) checker.check(task.with, [...path, 'with']);
  yield* found;
}

function* checkText(text: string, path: Path, scope: StaticScope): Generator<Found> {
  const found: Found[] = [];
  new ValueChecker(scope, found).check(text, path);
  yield* found;
}

/** The scope of what runs for each item. */
function checkForEach(forEach: ForEach, path: Path, scope: StaticScope, found: Found[]): StaticScope {
  const { as: name = DEFAULT_ITEM, index } = forEach;
  if (RESERVED.includes(name)) found.push(nameTaken('item', name, [...path, 'as']));
  const checker = new ValueChecker(scope, found);
  checkBound(
    forEach.concurrency,
    'concurrency',
    ['integer', 'number'],
    [...path, 'concurrency'],
    checker,
    found,
  );
  const tolerances = ['integer', 'number', 'string'];
  checkBound(forEach.maxFailures, 'maxFailures', tolerances, [...path, 'maxFailures'], checker, found);
  const withItem = checkItems(forEach.in, name, path, scope, checker, found);
  if (index === undefined) return withItem;
  if (!RESERVED.includes(index) && index !== name) return scopeOfItem(withItem, index, { type: 'integer' });
  found.push(nameTaken('index', index, [...path, 'index']));
  return withItem;
}

function nameTaken(what: string, name: string, at: Path): Found {
  const message = `The ${what} cannot be named '${name}': expressions have that name already.`;
  const advice = 'Choose another name, such as the singular of what the list holds.';
  return { code: 'RESERVED_NAME', message, advice, at };
}

function checkItems(
  list: Value,
  name: string,
  path: Path,
  scope: StaticScope,
  checker: ValueChecker,
  found: Found[],
): StaticScope {
  if (typeof list !== 'string' && !Array.isArray(list)) return scopeOfItem(scope, name, UNKNOWN);
  const schema = checker.check(list, [...path, 'in']);
  const item = itemSchema(schema);
  if (item === undefined) {
    const message = `forEach needs a list; this is ${sayType(typeOf(schema ?? UNKNOWN))}.`;
    found.push({ code: 'FOR_EACH_NOT_LIST', message, advice: adviseOnList(list), at: [...path, 'in'] });
  }
  return RESERVED.includes(name) ? scope : scopeOfItem(scope, name, item ?? UNKNOWN);
}

/** A bound that is an expression must be of one of these types. */
function checkBound(
  bound: Value | undefined,
  name: string,
  types: readonly string[],
  at: Path,
  checker: ValueChecker,
  found: Found[],
): void {
  if (typeof bound !== 'string') return;
  const type = typeOf(checker.check(bound, at) ?? UNKNOWN);
  if (type === undefined || types.includes(type)) return;
  const message = `'${name}' needs a number; this is ${sayType(type)}.`;
  const advice = 'Write a number, or an expression whose value is one.';
  found.push({ code: 'WRONG_TYPE', message, advice, at });
}

/** @param list what stands where a list is wanted. */
function adviseOnList(list: Value): string {
  if (typeof list === 'string' && /^(params|tasks)\.[\w.]+$/.test(list))
    return `Write '\${ ${list} }': without \${ } it is a text.`;
  return 'Give a list, or an expression whose value is one, such as ${ range(3) }.';
}

/** What takes the task's `with`; undefined if it is not known. */
function takenBy(
  task: ActivityTask | WorkflowTask,
  { catalogue, definitions }: CheckContext,
): Taker | undefined {
  if (isActivity(task)) {
    const contract = catalogue.get(task.activity);
    return contract === undefined ? undefined : { ...contract, kind: 'activity' };
  }
  const definition = definitions?.get(task.workflow);
  return definition === undefined ? undefined : takerOf(task.workflow, definition);
}

function* checkUntil(repeat: Repeat | undefined, path: Path, scope: StaticScope): Generator<Found> {
  if (repeat?.until === undefined) return;
  const found: Found[] = [];
  new ValueChecker(scope, found).checkCondition(repeat.until, [...path, 'repeat', 'until']);
  yield* found;
}

function checkLabels({ message, labelers }: Labels, path: Path, checker: ValueChecker, found: Found[]): void {
  checker.check(message, [...path, 'message']);
  checkBound(labelers, 'labelers', ['integer'], [...path, 'labelers'], checker, found);
}

function* checkWait(wait: Wait, path: Path, scope: StaticScope): Generator<Found> {
  const found: Found[] = [];
  const checker = new ValueChecker(scope, found);
  if ('approval' in wait) checker.check(wait.approval.message, [...path, 'approval', 'message']);
  if ('labels' in wait) checkLabels(wait.labels, [...path, 'labels'], checker, found);
  if ('for' in wait) checkDuration(wait.for, [...path, 'for'], checker, found);
  if ('until' in wait) {
    const type = typeOf(checker.check(wait.until, [...path, 'until']) ?? UNKNOWN);
    if (type !== undefined && type !== 'string') {
      const message = `'until' needs a time as a text; this is ${sayType(type)}.`;
      const advice = 'Give a text such as 2027-01-31T08:00:00+01:00.';
      found.push({ code: 'BAD_TIMESTAMP', message, advice, at: [...path, 'until'] });
    }
  }
  yield* found;
}

function checkDuration(duration: string, at: Path, checker: ValueChecker, found: Found[]): void {
  const type = typeOf(checker.check(duration, at) ?? UNKNOWN);
  if (type === undefined || type === 'string') return;
  const message = `'for' needs a duration as a text; this is ${sayType(type)}.`;
  found.push({ code: 'WRONG_TYPE', message, advice: 'Give a text such as 30m.', at });
}
