import { ActivityError } from '../attempts/errors.ts';

/** Why a file cannot be read in. Stable: callers and tests branch on it. */
export type ImportErrorCode =
  | 'FILE_MISSING'
  | 'NOT_A_FILE'
  | 'UNKNOWN_KIND'
  | 'EMPTY_FILE'
  | 'BAD_COMPRESSION'
  | 'WRONG_ENCODING'
  | 'NUL_CHARACTER'
  | 'ROW_TOO_LONG'
  | 'AMBIGUOUS_DELIMITER'
  | 'DUPLICATE_COLUMN'
  | 'UNNAMED_COLUMN'
  | 'REPEATED_HEADER'
  | 'WRONG_FIELD_COUNT'
  | 'BAD_QUOTES'
  | 'UNCLOSED_QUOTE'
  | 'NOT_JSON'
  | 'DUPLICATE_KEY'
  | 'NESTED_TOO_DEEPLY'
  | 'NOT_A_ROW'
  | 'BROKEN_UNICODE'
  | 'BAD_PARQUET'
  | 'MISSING_COLUMN'
  | 'NOT_TEXT';

/** A user's file cannot be read in as it stands; doing the same again fails the same way. */
export class ImportError extends ActivityError {
  declare readonly code: ImportErrorCode;
  /** As the user named it. */
  readonly file: string;
  /** From 1; undefined where it is the whole file. */
  readonly line: number | undefined;

  /** @param what a sentence without its subject and full stop, such as `has 3 fields where the header has 2`. */
  constructor(
    code: ImportErrorCode,
    file: string,
    what: string,
    options: { readonly line?: number; readonly cause?: unknown } = {},
  ) {
    const { line } = options;
    const where = line === undefined ? `'${file}'` : `Line ${line} of '${file}'`;
    super(code, `${where} ${what}.`, options);
    this.file = file;
    this.line = line;
  }
}
