/** The first activity of every run: checks what it is about to do, and pins it. */
import type { SettingsOverrides } from '../configs/types.ts';
import type { Definition, Value } from '../definitions/types.ts';


type Values = { readonly [name: string]: Value };

/** Durable: in the history of every run. */
export interface PinRunRequest {
  /** Name of the definition = the workflow type. */
  readonly definition: string;
  /** As the caller gave them. */
  readonly params: Values;
  readonly options: SettingsOverrides;
  readonly runId: string;
  /** Version of the interpreter's behaviour, for the run's digest. */
  readonly contract: number;
}

/** The resolved plan of a run. Durable: the interpreter follows this and nothing else. */
export interface PinnedRun {
  readonly definition: Definition;
  /** Checked, with their defaults. */
  readonly params: Values;
  /** The settings lie in the store under it. */
  readonly settingsDigest: string;
  /** sha256 (hex) of the definition, the settings and the interpreter's contract. */
  readonly digest: string;
  /** The parameter `seed`, or 0. */
  readonly seed: number;
  /** The activities that the definition uses. */
  readonly activities: { readonly [name: string]: { readonly taskQueue: string } };
}
