/** What every engine is given. */
import type { Ticket } from './task-world.ts';

export interface Budgeted {
  /** Of the server, ending in `/v1`. */
  readonly url: string;
  /** Calls in all. */
  readonly calls: number;
  readonly seed: number;
  readonly train: readonly Ticket[];
  /** What the choice may rest on besides. */
  readonly select: readonly Ticket[];
}

/** Of a user who has thought little about it. */
export const TEMPLATE = 'Which team does this ticket go to?\n{{input}}';
