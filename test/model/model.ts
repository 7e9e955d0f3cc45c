/**
 * What a definition means, said a second time and as simply as can be: an executable specification, written from
 * `definitions/README.md` apart from the interpreter, which the tests hold against it.
 *
 * The model knows no time. It is told what has happened (an activity has ended, an operator has decided, a person has
 * answered or labelled, a time limit ran out) and says, from scratch each time, what must be in flight now, what must be
 * held, who is waited for, and how everything else has ended. That gives outcomes and order at once: an interpreter that
 * keeps to it starts nothing too early, nothing too late, and decides everything once.
 * It does not cover cancellation, pauses, waits for a time, runs inside runs and the `repeat` of a whole definition.
 */
import {
  evaluate,
  evaluateCondition,
  ExpressionError,
  references,
} from '../../definitions/expressions/expression.ts';
import type { Catch, GroupTask, Repeat, Task, Tasks, Value, Wait } from '../../definitions/model/types.ts';
import { isBad, join, type Ended } from './join-table.ts';
import { NOTHING_SAID, whatPeopleSaid, type ActivityEnd, type Said } from './people.ts';

type Values = { readonly [name: string]: Value };

/** What has become of an activity instance so far. */
type Attempted = { readonly input: Value } | 'skipped' | ActivityEnd | { readonly givenUp: string };

/** What a task's `when` and `forEach.in` came to; never found out again, even if more is known later. */
type Start = { readonly ended: Ended } | { readonly items: readonly Value[] | undefined };

const NOT_EVALUATED: Ended = { outcome: 'failed', error: 'EXPRESSION_ERROR' };

function allowedFailures(maxFailures: number | string, items: number): number {
  return typeof maxFailures === 'number'
    ? maxFailures
    : Math.floor((items * Number.parseFloat(maxFailures)) / 100);
}

export class Model {
  readonly #tasks: Tasks;
  /** What a group saw around it when it began: it goes on seeing that. */
  readonly #around = new Map<string, Values>();
  readonly #params: Values;
  /** Concurrency and tolerated failures of a `forEach`, evaluated when it began. */
  readonly #bounds = new Map<string, readonly [number, number | string]>();
  readonly #attempted = new Map<string, Attempted>();
  readonly #starts = new Map<string, Start>();
  /** What `until` came to after each round, or that it could not be evaluated; never found out again. */
  readonly #untils = new Map<string, boolean | 'not evaluated'>();
  /** The activity instances that must be in flight, by path (`explore[3].score[1]`), with their inputs. */
  readonly inFlight = new Map<string, Value>();
  /** Paths of the activity instances that must be held. */
  readonly held = new Set<string>();
  /** Paths of the task instances that must wait for people, and for what. */
  readonly asked = new Map<string, Wait>();
  /** The innermost error of each group that has failed, by its path. */
  readonly #causes = new Map<string, { readonly type: string; readonly task: string }>();
  readonly #said = new Map<string, Said>();
  /** By path, all task instances that have ended; a task whose `forEach` has run also as the whole of its items. */
  readonly ended = new Map<string, Ended>();
  /** How the run ends; undefined as long as something is in flight or held. */
  outcome: 'succeeded' | 'failed' | undefined;

  constructor(tasks: Tasks, params: Values = {}) {
    this.#tasks = tasks;
    this.#params = params;
    this.#lookAgain();
  }

  /** An activity that was in flight has ended. */
  end(path: string, end: ActivityEnd): void {
    this.#attempted.set(path, end);
    this.#lookAgain();
  }

  /** Somebody has answered a task that waits for an approval. */
  answer(path: string, approved: boolean): void {
    this.#said.set(path, { ...NOTHING_SAID, answer: approved });
    this.#lookAgain();
  }

  /** Somebody has labelled for a task that waits for it. */
  label(path: string, labeler: string, labels: number, done: boolean): void {
    const said = this.#said.get(path) ?? NOTHING_SAID;
    this.#said.set(path, { ...said, labels: new Map([...said.labels, [labeler, { labels, done }]]) });
    this.#lookAgain();
  }

  /** The time limit of a task that waits for people has run out. */
  runOut(path: string): void {
    this.#said.set(path, { ...(this.#said.get(path) ?? NOTHING_SAID), isLate: true });
    this.#lookAgain();
  }

  /** An operator has decided what becomes of an activity that is held. */
  decide(path: string, decision: 'retry' | 'skip' | 'fail'): void {
    const attempted = this.#attempted.get(path);
    if (decision === 'retry') {
      this.#attempted.delete(path);
      const said = this.#said.get(path);
      if (said !== undefined) this.#said.set(path, { ...said, isLate: false });
    } else if (decision === 'skip') this.#attempted.set(path, 'skipped');
    else if (typeof attempted === 'object' && 'error' in attempted)
      this.#attempted.set(path, { givenUp: attempted.error });
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.inFlight.clear();
    this.held.clear();
    this.asked.clear();
    this.ended.clear();
    const run = { params: this.#params, tasks: {}, errors: {}, run: { id: 'run-1', definition: 'played' } };
    const ends = this.#lookAtTasks(this.#tasks, '', run);
    if (ends !== undefined) this.outcome = failsAround(ends) ? 'failed' : 'succeeded';
  }

  /** The ends of all tasks of a group or a run; undefined as long as one has not ended. */
  #lookAtTasks(tasks: Tasks, group: string, around: Values): ReadonlyMap<string, Ended> | undefined {
    const ends = new Map<string, Ended | undefined>();
    const lookAt = (name: string): Ended | undefined => {
      const task = tasks[name];
      if (task === undefined || ends.has(name)) return ends.get(name);
      const needed = [...new Set(task.needs)].map(lookAt);
      const path = group === '' ? name : `${group}.${name}`;
      const decision = join(task.run ?? 'allSucceeded', needed);
      const end =
        decision === 'wait'
          ? undefined
          : this.#lookAtTask(task, path, decision, needed, seenFrom(tasks, ends, around));
      ends.set(name, end);
      if (end !== undefined) this.ended.set(path, end);
      return end;
    };
    Object.keys(tasks).forEach(lookAt);
    const all = [...ends].flatMap(([name, end]) => (end === undefined ? [] : [[name, end] as const]));
    return all.length === ends.size ? new Map(all) : undefined;
  }

  #lookAtTask(
    task: Task,
    path: string,
    decision: 'run' | 'skip' | 'block',
    needed: readonly (Ended | undefined)[],
    bindings: Values,
  ): Ended | undefined {
    if (decision === 'skip') return { outcome: 'skipped' };
    if (decision === 'block') {
      const culprits = needed.filter((end) => end !== undefined && isBad(end));
      return {
        outcome: 'blocked',
        ...(culprits.every((end) => end?.tolerated === true) ? { tolerated: true } : {}),
      };
    }
    const start = this.#starts.get(path) ?? startOf(task.when, task.forEach, bindings);
    this.#starts.set(path, start);
    const end = 'ended' in start ? start.ended : this.#lookInside(task, path, start.items, bindings);
    return end?.outcome === 'failed' && task.onFailure === 'continue' ? { ...end, tolerated: true } : end;
  }

  #lookInside(
    task: Task,
    path: string,
    items: readonly Value[] | undefined,
    bindings: Values,
  ): Ended | undefined {
    if (items === undefined) return this.#lookAtInstance(task, path, bindings);
    const { as = 'item', index: asIndex } = task.forEach ?? {};
    const [concurrency, maxFailures] = this.#bounds.get(path) ?? boundsOf(task, bindings);
    this.#bounds.set(path, [concurrency, maxFailures]);
    let open = 0;
    const ends = items.map((item, index) => {
      if (open === concurrency) return undefined;
      const end = this.#lookAtInstance(task, `${path}[${index}]`, {
        ...bindings,
        [as]: item,
        ...(asIndex === undefined ? {} : { [asIndex]: index }),
      });
      if (end === undefined) open += 1;
      else this.ended.set(`${path}[${index}]`, end);
      return end;
    });
    const known = ends.filter((end) => end !== undefined);
    if (known.length < ends.length) return undefined;
    const value = known.map(({ outcome, value: output = null, error }) => ({
      status: outcome,
      output,
      error: error === undefined ? null : { type: error },
    }));
    if (known.filter(isBad).length <= allowedFailures(maxFailures, items.length))
      return { outcome: 'succeeded', value };
    return { outcome: 'failed', error: 'ITEMS_FAILED', value };
  }

  #lookAtInstance(task: Task, path: string, bindings: Values): Ended | undefined {
    return task.repeat === undefined
      ? this.#lookAtOne(task, path, bindings)
      : this.#lookAtRounds(task, task.repeat, path, bindings);
  }

  /** One round after the other, each knowing what the one before was worth. */
  #lookAtRounds(
    task: Task,
    { until, maxRounds = Infinity }: Repeat,
    path: string,
    bindings: Values,
  ): Ended | undefined {
    let last: Value = null;
    for (let round = 0; ; round += 1) {
      const own = `${path}@${round}`;
      const end = this.#lookAtOne(task, own, { ...bindings, repeat: { round, last } });
      const cause = this.#causes.get(own);
      if (cause !== undefined) this.#causes.set(path, cause);
      if (end?.outcome !== 'succeeded') return end;
      last = end.value ?? null;
      const seen = { ...bindings, repeat: { round, last } };
      const isLast =
        this.#untils.get(own) ??
        (until !== undefined &&
          (tryEvaluating(() => evaluateCondition(until, { values: seen })) ?? 'not evaluated'));
      this.#untils.set(own, isLast);
      if (isLast === 'not evaluated') return NOT_EVALUATED;
      if (isLast) return end;
      if (round + 1 < maxRounds) continue;
      return until === undefined ? end : { outcome: 'failed', error: 'ROUNDS_EXHAUSTED' };
    }
  }

  #lookAtOne(task: Task, path: string, bindings: Values): Ended | undefined {
    const end = this.#lookAtWork(task, path, bindings);
    if (task.catch === undefined || end?.outcome !== 'failed') return end;
    const { type, task: by } = this.#causes.get(path) ?? { type: end.error ?? '', task: path };
    const error = { type, task: by };
    const own = `${path} catch`;
    const seen = this.#around.get(own) ?? { ...this.#seenByCatch(task, path, bindings), error };
    const start = this.#starts.get(own) ?? catching(task.catch, type, seen);
    this.#starts.set(own, start);
    this.#around.set(own, seen);
    if ('ended' in start) return start.ended.outcome === 'skipped' ? end : start.ended;
    const ends = this.#lookAtTasks(task.catch.tasks, path, seen);
    if (ends === undefined) return undefined;
    const handled = worthOf(task.catch, ends, seen);
    return handled.outcome === 'failed'
      ? { outcome: 'failed', error: 'CATCH_FAILED', caught: type }
      : { ...handled, caught: type };
  }

  #seenByCatch(task: Task, path: string, bindings: Values): Values {
    if (!('tasks' in task)) return bindings;
    const ends = new Map(Object.keys(task.tasks).map((name) => [name, this.ended.get(`${path}.${name}`)]));
    return seenFrom(task.tasks, ends, this.#around.get(path) ?? bindings);
  }

  #lookAtWork(task: Task, path: string, bindings: Values): Ended | undefined {
    if ('tasks' in task) return this.#lookAtGroup(task, path, bindings);
    if ('workflow' in task) throw new Error(`The model does not cover task '${path}'.`);
    let attempted = this.#attempted.get(path) ?? attempt(inputOf(task), bindings);
    if ('fail' in task && typeof attempted === 'object' && 'input' in attempted)
      attempted = { error: task.fail.code };
    if ('wait' in task && typeof attempted === 'object' && 'input' in attempted)
      attempted = whatPeopleSaid(task.wait, this.#said.get(path) ?? NOTHING_SAID) ?? attempted;
    this.#attempted.set(path, attempted);
    if (attempted === 'skipped') return { outcome: 'skipped' };
    if ('input' in attempted && 'wait' in task) this.asked.set(path, task.wait);
    else if ('input' in attempted) this.inFlight.set(path, attempted.input);
    else if ('givenUp' in attempted) return { outcome: 'failed', error: attempted.givenUp };
    else if ('value' in attempted) return { outcome: 'succeeded', value: attempted.value };
    else if (task.onFailure !== 'hold') return { outcome: 'failed', error: attempted.error };
    else this.held.add(path);
    return undefined;
  }

  #lookAtGroup(task: GroupTask, path: string, around: Values): Ended | undefined {
    const bindings = this.#around.get(path) ?? around;
    this.#around.set(path, bindings);
    const ends = this.#lookAtTasks(task.tasks, path, bindings);
    if (ends === undefined) return undefined;
    const cause = Object.keys(task.tasks).find((name) => failsFirst(ends.get(name)));
    const inner = `${path}.${cause ?? ''}`;
    const type = cause === undefined ? undefined : ends.get(cause)?.error;
    const innermost = type === 'GROUP_FAILED' ? this.#causes.get(inner) : undefined;
    if (type !== undefined) this.#causes.set(path, innermost ?? { type, task: inner });
    return worthOf(task, ends, bindings);
  }
}

/** Whether this is the end of a task by which its group fails. */
function failsFirst(end: Ended | undefined): boolean {
  return end?.outcome === 'failed' && end.tolerated !== true;
}

/** What the tasks of a group, or of a `catch`, come to together. */
function worthOf(
  { tasks, outputs }: Pick<GroupTask, 'tasks' | 'outputs'>,
  ends: ReadonlyMap<string, Ended>,
  around: Values,
): Ended {
  if (failsAround(ends)) return { outcome: 'failed', error: 'GROUP_FAILED' };
  if (outputs !== undefined) return outputsOf(outputs, ends, seenFrom(tasks, ends, around));
  const values = [...ends].map(([name, { value = null }]) => [name, value]);
  return { outcome: 'succeeded', value: Object.fromEntries(values) };
}

/** Whether a `catch` is for an error: it is skipped if not; a condition that cannot be evaluated fails it. */
function catching({ codes, when }: Catch, type: string, bindings: Values): Start {
  if (codes?.includes(type) === false) return { ended: { outcome: 'skipped' } };
  const start = startOf(when, undefined, bindings);
  return 'ended' in start && start.ended.outcome === 'failed'
    ? { ended: { outcome: 'failed', error: 'CATCH_FAILED' } }
    : start;
}

/** What expressions see among tasks: a task hides one of the same name around its group, even while it has no value. */
function seenFrom(tasks: Tasks, ends: ReadonlyMap<string, Ended | undefined>, around: Values): Values {
  const outer = Object.entries(around['tasks'] as Values).filter(([name]) => !Object.hasOwn(tasks, name));
  const own = [...ends].flatMap(([name, end]) =>
    end?.value === undefined ? [] : [[name, end.value] as const],
  );
  const outerErrors = Object.entries(around['errors'] as Values).filter(
    ([name]) => !Object.hasOwn(tasks, name),
  );
  const ownErrors = [...ends].flatMap(([name, end]) =>
    end?.error === undefined && end?.caught === undefined
      ? []
      : [[name, { type: end.error ?? end.caught ?? '' }] as const],
  );
  return {
    ...around,
    tasks: Object.fromEntries([...outer, ...own]),
    errors: Object.fromEntries([...outerErrors, ...ownErrors]),
  };
}

/** An output that cannot be evaluated is null if it refers to a task that did not run or whose failure is tolerated. */
function outputsOf(outputs: Values, ends: ReadonlyMap<string, Ended>, bindings: Values): Ended {
  const value: { [name: string]: Value } = {};
  for (const [name, output] of Object.entries(outputs)) {
    const worth = tryEvaluating(() => evaluate(output, { values: bindings }));
    if (worth !== undefined) value[name] = worth;
    else if ([...references(output).tasks].some((task) => ends.get(task)?.outcome !== 'succeeded'))
      value[name] = null;
    else return NOT_EVALUATED;
  }
  return { outcome: 'succeeded', value };
}

function tryEvaluating<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** Whether the tasks of a group make the group fail. */
function failsAround(ends: ReadonlyMap<string, Ended>): boolean {
  return [...ends.values()].some((end) => isBad(end) && end.tolerated !== true);
}

/** Evaluates `when`, then `forEach.in`; what cannot be evaluated fails the task, and no decision can mend it. */
function startOf(when: Task['when'], forEach: Task['forEach'], bindings: Values): Start {
  const isWanted =
    when === undefined ? true : tryEvaluating(() => evaluateCondition(when, { values: bindings }));
  if (isWanted === undefined) return { ended: NOT_EVALUATED };
  if (!isWanted) return { ended: { outcome: 'skipped' } };
  if (forEach === undefined) return { items: undefined };
  const items = tryEvaluating(() => evaluate(forEach.in, { values: bindings }));
  return Array.isArray(items) ? { items } : { ended: NOT_EVALUATED };
}

/** How many items are in flight at once, and how many may fail. */
function boundsOf({ forEach }: Task, bindings: Values): readonly [number, number | string] {
  const { concurrency = 16, maxFailures = 0 } = forEach ?? {};
  const [atOnce, tolerated] = [concurrency, maxFailures].map((bound) =>
    evaluate(bound, { values: bindings }),
  );
  return [Number(atOnce), typeof tolerated === 'string' ? tolerated : Number(tolerated)];
}

/** An input that cannot be evaluated fails the attempt. */
function attempt(input: Values, bindings: Values): Attempted {
  const evaluated = tryEvaluating(() => evaluate(input, { values: bindings }));
  return evaluated === undefined ? { error: 'EXPRESSION_ERROR' } : { input: evaluated };
}

/** What of a task is evaluated when it begins. */
function inputOf(task: Exclude<Task, GroupTask>): Values {
  if ('wait' in task) return { message: messageOf(task.wait) };
  return 'fail' in task ? { message: task.fail.message } : (task.with ?? {});
}

function messageOf(wait: Wait): string {
  if ('approval' in wait) return wait.approval.message;
  return 'labels' in wait ? wait.labels.message : '';
}
