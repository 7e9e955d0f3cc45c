/** What a definition may refer to, as its checks know it. Pure types. */
import type { ActivityCatalogue, Definition, JsonSchema } from './types.ts';

/** What another definition must know of one in order to run it. */
export interface Callable extends Pick<Definition, 'params'> {
  /** Names of the definitions that its own tasks run. */
  readonly calls: readonly string[];
  /** What a run of it is worth, by `outputTypes`. */
  readonly outputs: { readonly [name: string]: JsonSchema };
}

/** What says which values tasks have. */
export interface KnownValues {
  readonly catalogue: ActivityCatalogue;
  /** The definitions that are run by this one, and by those, by name; left out, calls are not checked. */
  readonly definitions?: ReadonlyMap<string, Callable>;
}

export interface CheckContext extends KnownValues {
  /** Names of all definitions there are, for advice. */
  readonly definitionNames?: readonly string[];
  /** Names of the task queues in `configs/queues.yaml`; left out, they are not checked. */
  readonly queues?: readonly string[];
}
