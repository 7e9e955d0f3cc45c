/** What the parts of a local stack are started with. */
import type { PartName } from './stack-part.ts';

export interface StartOptions {
  /** Absolute path of the project: the folder with `definitions/`, `configs/` and `model_input/`. */
  readonly root: string;
  /**
   * Environment of the parts. `TEMPORAL_ADDRESS` in it is used instead of a local Temporal server;
   * `TEMPORAL_CLI_PATH` names the executable of a local one.
   */
  readonly env: NodeJS.ProcessEnv;
  /** Receives lines for a person who waits. Default: none are wanted. */
  readonly log?: (line: string) => void;
  /** Ports of the local Temporal server; 0 = any free one. Default: those it had before, else 7233 and 8233. */
  readonly ports?: { readonly temporal?: number; readonly ui?: number };
  /** Task queues of the worker. Default: every one in the project's `configs/queues.yaml`. */
  readonly queues?: readonly string[];
  /** Parts wanted. Default: `usualParts`. A part that another one needs must be in the list too. */
  readonly parts?: readonly PartName[];
  /** Which model the local model server, if it is among the parts, serves: see `getModel`. Default: what it served before. */
  readonly localModel?: string;
}

export interface PartContext {
  readonly root: string;
  /** The project's id. */
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly ports: { readonly temporal?: number; readonly ui?: number };
  /** Absolute path of this package: where the code is, whatever the project's root. */
  readonly packageRoot: string;
  /** Digest of the code; see `digestSource`. */
  readonly sourceDigest: string;
}
