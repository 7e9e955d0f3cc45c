/** What can be wrong with an expression; all but `SYNTAX`, `UNKNOWN_FUNCTION` and `TOO_LARGE` show only on evaluation. */
export type ExpressionErrorCode =
  | 'EXPRESSION_SYNTAX'
  | 'EXPRESSION_TOO_LARGE'
  | 'UNKNOWN_FUNCTION'
  | 'UNKNOWN_NAME'
  | 'MISSING_FIELD'
  | 'EXPRESSION_TYPE'
  | 'EXPRESSION_VALUE'
  | 'EXPRESSION_FAILED'
  | 'VALUE_TOO_LARGE';

/** An expression that cannot be parsed or evaluated. The same input fails in the same way every time: never retried. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly code: ExpressionErrorCode;
  /** The CEL text, without the `${ }` around it. */
  readonly expression: string;
  /** Where in `expression` (0-based character), as far as known. */
  readonly offset: number;

  constructor(code: ExpressionErrorCode, expression: string, reason: string, offset = 0) {
    super(`Expression '${expression.length > 200 ? `${expression.slice(0, 200)}…` : expression}': ${reason}`);
    this.code = code;
    this.expression = expression;
    this.offset = offset;
  }
}
