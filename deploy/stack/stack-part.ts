/** The processes that a local stack is made of. */
import type { ProcessIdentity } from './process-identity.ts';

/** In the order in which they are started; they are ended in the reverse order. */
export const partNames = ['temporal', 'models', 'localModel', 'worker'] as const;
export type PartName = (typeof partNames)[number];
/** Those that a stack has unless told otherwise. */
export const usualParts: readonly PartName[] = ['temporal', 'models', 'worker'];

/** One process of the stack, as it stands in `.prose/stack.json`. */
export interface Part {
  readonly process: ProcessIdentity;
  /** ISO time. */
  readonly startedAt: string;
  /** Absolute path of what it prints. */
  readonly logFile: string;
  /** It was seen to be ready: from then on, as long as its process lives, what listens at its address is this part. */
  readonly ready?: true;
  /** Digest of its command, environment and code: a part with another digest than asked for is outdated. */
  readonly digest: string;
  /** Of the local model: as it was asked for, and the name that it answers by. */
  readonly model?: string;
  readonly servedAs?: string;
  /** Where it listens; absent for the worker. `host:port` for Temporal, a base URL for the model server. */
  readonly address?: string;
  /** Address of Temporal's web interface. */
  readonly uiUrl?: string;
  /** Name of a namespace that only this project's Temporal server has: by it the server is told from a stranger's. */
  readonly mark?: string;
}
