import type { PartName } from './stack-part.ts';

/** `PART_DIED`: ended before it was ready. `PART_SILENT`: not ready in time. `BAD_STATE`: the state file is not ours. */
export type StackErrorCode = 'PART_DIED' | 'PART_SILENT' | 'BAD_STATE';

/** The local stack could not be started; the message ends with the last lines of the part's log. */
export class StackError extends Error {
  readonly code: StackErrorCode;
  readonly part: PartName | undefined;

  constructor(code: StackErrorCode, message: string, part?: PartName) {
    super(message);
    this.name = 'StackError';
    this.code = code;
    this.part = part;
  }
}
