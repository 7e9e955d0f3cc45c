/**
 * CSV by RFC 4180, read strictly and in pieces. Not a library's: those that know the line a record begins on guess the line
 * ends, and those that take a quote inside a field take a broken quoted field too.
 */
import { ImportError } from './import-error.ts';
import { MAX_ROW_CHARS } from './rows.ts';

export interface CsvField {
  readonly text: string;
  readonly isQuoted: boolean;
}

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  /** A line with nothing on it is one empty field that is not quoted. */
  readonly fields: readonly CsvField[];
}

const QUOTE = 0x22;
const RETURN = 0x0d;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = 0xfeff;
/** Readers differ in whether the blanks and the quotes are a part of the text. */
const QUOTED_AFTER_BLANKS = /^[ \t]+"(?:[^"]|"")*"[ \t]*$/;

type State = 'fieldStart' | 'plain' | 'quoted' | 'quoteInQuoted';

/**
 * The records of a text. Lines end in `\n`, `\r\n` or `\r`, also mixed; inside quotes they are kept as they are. A quote inside a
 * field that does not begin with one is a letter like any other. A byte order mark at the beginning of a record is that of an
 * export that was pasted.
 *
 * @param delimiter one character.
 * @throws ImportError `BAD_QUOTES`, `UNCLOSED_QUOTE`, `ROW_TOO_LONG`
 */
export async function* csvRecords(
  pieces: AsyncIterable<string>,
  delimiter: string,
  file: string,
): AsyncGenerator<CsvRecord> {
  const separator = delimiter.charCodeAt(0);
  let state = 'fieldStart' as State;
  let fields: CsvField[] = [];
  let field: string[] = [];
  let rowChars = 0;
  let line = 1;
  let recordLine = 1;
  let quoteLine = 1;
  let afterReturn = false;

  const endField = (isQuoted: boolean): void => {
    const text = field.length === 1 ? (field[0] ?? '') : field.join('');
    if (!isQuoted && QUOTED_AFTER_BLANKS.test(text)) {
      const what =
        'has blanks before the quote that begins a field; take them out, or write the quote as a part of the text';
      throw new ImportError('BAD_QUOTES', file, what, { line: recordLine });
    }
    fields.push({ text, isQuoted });
    field = [];
    state = 'fieldStart';
  };
  const endRecord = (): CsvRecord => {
    const record = { line: recordLine, fields };
    fields = [];
    rowChars = 0;
    recordLine = line;
    return record;
  };

  for await (const piece of pieces) {
    let from = 0;
    for (let offset = 0; offset < piece.length; offset += 1) {
      const char = piece.charCodeAt(offset);
      const isBreak = char === NEWLINE || char === RETURN;
      const isSecondHalf = char === NEWLINE && afterReturn;
      afterReturn = char === RETURN;
      if (isBreak && !isSecondHalf) line += 1;
      if (state === 'quoted') {
        if (char !== QUOTE) continue;
        field.push(piece.slice(from, offset));
        state = 'quoteInQuoted';
        from = offset + 1;
        continue;
      }
      if (isSecondHalf && state === 'fieldStart' && fields.length === 0) {
        from = offset + 1;
        recordLine = line;
        continue;
      }
      if (state === 'quoteInQuoted') {
        if (char === QUOTE) {
          field.push('"');
          state = 'quoted';
        } else if (char === separator) endField(true);
        else if (isBreak) {
          endField(true);
          yield endRecord();
        } else {
          const what = `has ${JSON.stringify(piece[offset])} after the quote that ends a field; a quote inside a quoted field is written twice`;
          throw new ImportError('BAD_QUOTES', file, what, { line });
        }
        from = offset + 1;
        continue;
      }
      if (char === separator || isBreak) {
        field.push(piece.slice(from, offset));
        endField(false);
        from = offset + 1;
        if (isBreak) yield endRecord();
      } else if (state === 'fieldStart') {
        if (char === BYTE_ORDER_MARK && fields.length === 0) from = offset + 1;
        else if (char === QUOTE) {
          state = 'quoted';
          quoteLine = line;
          from = offset + 1;
        } else state = 'plain';
      }
    }
    if (state === 'quoted' || state === 'plain') field.push(piece.slice(from));
    rowChars += piece.length;
    if (rowChars > MAX_ROW_CHARS + piece.length) {
      const what = `begins a row of more than ${MAX_ROW_CHARS} characters; a quote may never have been closed`;
      throw new ImportError('ROW_TOO_LONG', file, what, { line: recordLine });
    }
  }
  if (state === 'quoted') {
    const what = 'opens a quote that is never closed';
    throw new ImportError('UNCLOSED_QUOTE', file, what, { line: quoteLine });
  }
  if (state !== 'fieldStart' || fields.length > 0) {
    endField(state === 'quoteInQuoted');
    yield endRecord();
  }
}
