/** What expressions see: `params`, `run`, `repeat`, `tasks`, `errors` and the items of the `forEach` tasks around them. */
import { typedParams, type Cel } from '../../definitions/expressions/cel-value.ts';
import { ExpressionError, type Bindings, type References } from '../../definitions/expressions/expression.ts';
import type { JsonSchema, Value } from '../../definitions/model/types.ts';
import type { Failure } from './settlement.ts';

type Values = { readonly [name: string]: Value };
/** The schemas of params. Undefined in a run that an earlier version has begun, to which every whole number was an int. */
type ParamSchemas = { readonly [param: string]: JsonSchema } | undefined;

/** `run` in expressions. */
export interface RunBinding {
  /** The run's id. */
  readonly id: string;
  /** The definition's name. */
  readonly definition: string;
  /** From 0. */
  readonly round: number;
  /** The outputs of the round before; null in round 0. Only if the definition repeats. */
  readonly last?: Values | null;
  /** How the tasks ended; only the tasks of `finally` see it. */
  readonly outcome?: 'succeeded' | 'failed' | 'cancelled';
  /** What failed or was blocked and fails the run, as in its `status`: at most 50. Only the tasks of `finally` see it. */
  readonly failures?: readonly { readonly [field: string]: Value }[];
}

/** A scope as data, for a slice. Durable: in the history of the run. */
export interface ScopeParts {
  /** `params`, `run`, `repeat` and items. */
  readonly fixed: Values;
  readonly tasks: Values;
  /** Why tasks failed, by task. Left out where none has, and by earlier versions. */
  readonly errors?: Values;
  /** Values that are too large to be kept, by task: their characters as JSON. */
  readonly withheld: { readonly [task: string]: number };
  /** Left out outside of tasks that repeat. */
  readonly rounds?: readonly number[];
  /** Of the params. Left out by earlier versions, to which every whole number was an int. */
  readonly schemas?: { readonly [param: string]: JsonSchema };
}

/** `repeat` in expressions inside a task that repeats. */
export interface RepeatBinding {
  /** From 0. */
  readonly round: number;
  /** The value of the last round that has ended; null before. */
  readonly last: Value;
}

/** What the numbers of params are in expressions. */
interface Numbers {
  readonly params: Cel;
  readonly schemas: { readonly [param: string]: JsonSchema };
}

function numbersOf(params: Values, schemas: ParamSchemas): Numbers | undefined {
  return schemas && { params: typedParams(params, schemas), schemas };
}

/**
 * The names visible at one place of a run. A scope is made for each group instance; it sees the tasks of the
 * groups around it as they were when it began, and its own tasks shadow them.
 */
export class Scope {
  readonly #fixed: Values;
  readonly #tasks: { [name: string]: Value };
  readonly #errors: { [name: string]: Value };
  readonly #withheld: { [name: string]: number };
  readonly #numbers: Numbers | undefined;
  /** What expressions see while nothing is withheld. */
  #bindings: Bindings | undefined;

  /** The rounds of the tasks around that repeat, outermost first. */
  readonly rounds: readonly number[];

  private constructor(
    fixed: Values,
    tasks: { [name: string]: Value },
    withheld: { [name: string]: number },
    rounds: readonly number[],
    numbers: Numbers | undefined,
    errors: { [name: string]: Value },
  ) {
    this.#numbers = numbers;
    this.#errors = errors;
    this.#fixed = fixed;
    this.#tasks = tasks;
    this.#withheld = withheld;
    this.rounds = rounds;
  }

  /** The scope of a run's own tasks. */
  static ofRun(run: RunBinding, params: Values, schemas: ParamSchemas): Scope {
    return new Scope({ params, run: { ...run } }, {}, {}, [], numbersOf(params, schemas), {});
  }

  /** The scope that `parts` was taken of. */
  static ofParts({ fixed, tasks, errors, withheld, rounds = [], schemas }: ScopeParts): Scope {
    const numbers = numbersOf((fixed['params'] ?? {}) as Values, schemas);
    return new Scope(fixed, { ...tasks }, { ...withheld }, rounds, numbers, { ...errors });
  }

  /** What the tasks of `finally` see: the run's own tasks, and `run` with its outcome. */
  ofFinally(run: RunBinding): Scope {
    return new Scope(
      { ...this.#fixed, run: { ...run } },
      this.#tasks,
      this.#withheld,
      this.rounds,
      this.#numbers,
      this.#errors,
    );
  }

  /** This scope with one item of a `forEach` under its name. Tasks assigned to either are seen by both. */
  withItem(name: string, item: Value): Scope {
    return new Scope(
      { ...this.#fixed, [name]: item },
      this.#tasks,
      this.#withheld,
      this.rounds,
      this.#numbers,
      this.#errors,
    );
  }

  /** This scope inside one round of a task. */
  withRepeat(repeat: RepeatBinding): Scope {
    const rounds = [...this.rounds, repeat.round];
    return new Scope(
      { ...this.#fixed, repeat: { ...repeat } },
      this.#tasks,
      this.#withheld,
      rounds,
      this.#numbers,
      this.#errors,
    );
  }

  /** The scope of a group instance: a task of its own hides an outer one of the same name, even without a value. */
  ofGroup(taskNames: readonly string[]): Scope {
    const tasks = { ...this.#tasks };
    const withheld = { ...this.#withheld };
    const errors = { ...this.#errors };
    for (const name of taskNames) {
      delete tasks[name];
      delete withheld[name];
      delete errors[name];
    }
    return new Scope(this.#fixed, tasks, withheld, this.rounds, this.#numbers, errors);
  }

  /** Makes the value of a settled task visible as `tasks.<name>`. */
  assign(task: string, value: Value): void {
    this.#tasks[task] = value;
  }

  /** Makes visible as `errors.<name>` why a settled task failed. */
  assignError(task: string, { type, message }: Failure): void {
    this.#errors[task] = { type, message };
  }

  /** The value of a settled task is too large to be kept: an expression that reads it fails with `VALUE_TOO_LARGE`. */
  withhold(task: string, chars: number): void {
    this.#withheld[task] = chars;
  }

  /** The bindings for one evaluation; not to be kept, since later assignments change them. */
  bindings(): Bindings {
    const withheld = Object.entries(this.#withheld);
    if (withheld.length === 0) return (this.#bindings ??= this.#bindingsWith(this.#tasks));
    const tasks = { ...this.#tasks };
    for (const [task, chars] of withheld)
      Object.defineProperty(tasks, task, { enumerable: true, get: () => refuseToRead(task, chars) });
    return this.#bindingsWith(tasks);
  }

  #bindingsWith(tasks: Values): Bindings {
    const values = { errors: this.#errors, ...this.#fixed, tasks };
    if (this.#numbers === undefined) return { wholeNumbersAreInts: values };
    return { values: { ...values, params: this.#numbers.params } };
  }

  /** What of this scope an expression with these references sees. */
  parts({ params, tasks, names }: References): ScopeParts {
    const only = <T>(
      values: { readonly [name: string]: T },
      mentioned: ReadonlySet<string>,
    ): { readonly [name: string]: T } =>
      Object.fromEntries(Object.entries(values).filter(([name]) => mentioned.has(name)));
    const { params: ownParams = {}, ...others } = this.#fixed;
    const isAll = names.has('tasks');
    return {
      fixed: {
        ...only(others, names),
        params: names.has('params') ? ownParams : only(ownParams as Values, params),
      },
      tasks: isAll ? this.#tasks : only(this.#tasks, tasks),
      ...(names.has('errors') && Object.keys(this.#errors).length > 0 && { errors: this.#errors }),
      withheld: isAll ? this.#withheld : only(this.#withheld, tasks),
      ...(this.rounds.length === 0 ? {} : { rounds: this.rounds }),
      ...(this.#numbers && {
        schemas: names.has('params') ? this.#numbers.schemas : only(this.#numbers.schemas, params),
      }),
    };
  }
}

function refuseToRead(task: string, chars: number): never {
  const size = `${(chars / 1_000_000).toFixed(1)} million characters`;
  const reason = `the value of '${task}' is too large to be read: it takes ${size} as JSON. Give its tasks small outputs, or write what they make into a table`;
  throw new ExpressionError('VALUE_TOO_LARGE', `tasks.${task}`, reason);
}
