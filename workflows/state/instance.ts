/** One instance of a task: where it is, and what it sees. */
import type { Scope } from './bindings.ts';
import type { StatusNode } from './status-tree.ts';

export interface Instance {
  readonly path: string;
  readonly scope: Scope;
  readonly node: StatusNode;
}
