/** Why a figure could not be computed: the caller's values, never chance. */
export type StatisticsErrorCode = 'NO_VALUES' | 'NOT_FINITE' | 'OUT_OF_RANGE';

/** Thrown by the functions of `statistics/` for values they are not defined for. */
export class StatisticsError extends Error {
  readonly code: StatisticsErrorCode;

  constructor(code: StatisticsErrorCode, message: string) {
    super(message);
    this.name = 'StatisticsError';
    this.code = code;
  }
}
