/** `UNKNOWN_MODEL`: no model of this name, and no file. `NO_MODEL`, `NO_RUNTIME`: it cannot be got; the message lists every way tried. */
export type LocalModelErrorCode = 'UNKNOWN_MODEL' | 'NO_MODEL' | 'NO_RUNTIME';

export class LocalModelError extends Error {
  readonly code: LocalModelErrorCode;

  constructor(code: LocalModelErrorCode, message: string) {
    super(message);
    this.name = 'LocalModelError';
    this.code = code;
  }
}
