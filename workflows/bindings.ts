/** What expressions see: `params`, `run`, `tasks` and the items of the `forEach` tasks around them. */
import type { Value } from '../definitions/types.ts';

type Values = { readonly [name: string]: Value };

/** `run` in expressions. */
export interface RunBinding {
  /** The run's id. */
  readonly id: string;
  /** The definition's name. */
  readonly definition: string;
  /** From 0. */
  readonly round: number;
  /** How the tasks ended; only the tasks of `finally` see it. */
  readonly outcome?: 'succeeded' | 'failed' | 'cancelled';
}

/**
 * The names visible at one place of a run. A scope is made for each group instance; it sees the tasks of the
 * groups around it as they were when it began, and its own tasks shadow them.
 */
export class Scope {
  readonly #fixed: Values;
  readonly #tasks: { [name: string]: Value };

  private constructor(fixed: Values, tasks: { [name: string]: Value }) {
    this.#fixed = fixed;
    this.#tasks = tasks;
  }

  /** The scope of a run's own tasks. */
  static ofRun(run: RunBinding, params: Values): Scope {
    return new Scope({ params, run: { ...run } }, {});
  }

  /** What the tasks of `finally` see: the run's own tasks, and `run` with its outcome. */
  ofFinally(run: RunBinding): Scope {
    return new Scope({ ...this.#fixed, run: { ...run } }, this.#tasks);
  }

  /** This scope with one item of a `forEach` under its name. Tasks assigned to either are seen by both. */
  withItem(name: string, item: Value): Scope {
    return new Scope({ ...this.#fixed, [name]: item }, this.#tasks);
  }

  /** The scope of a group instance: a task of its own hides an outer one of the same name, even without a value. */
  ofGroup(taskNames: readonly string[]): Scope {
    const tasks = { ...this.#tasks };
    for (const name of taskNames) delete tasks[name];
    return new Scope(this.#fixed, tasks);
  }

  /** Makes the value of a settled task visible as `tasks.<name>`. */
  assign(task: string, value: Value): void {
    this.#tasks[task] = value;
  }

  /** The bindings for one evaluation; not to be kept, since later assignments change them. */
  bindings(): Values {
    return { ...this.#fixed, tasks: this.#tasks };
  }
}
