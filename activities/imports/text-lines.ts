import { ImportError } from './import-error.ts';
import { MAX_ROW_CHARS } from './rows.ts';

export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The lines of a text that comes in pieces; a line ends in `\n`, `\r\n` or `\r`, also mixed. They are without the byte order
 * mark that each export that was pasted brings. Throws ImportError `ROW_TOO_LONG`.
 */
export async function* textLines(pieces: AsyncIterable<string>, file: string): AsyncGenerator<TextLine> {
  let line = 1;
  let rest: string[] = [];
  let restChars = 0;
  let afterReturn = false;
  for await (const piece of pieces) {
    let from = afterReturn && piece.startsWith('\n') ? 1 : 0;
    if (piece !== '') afterReturn = piece.endsWith('\r');
    const ends = /\r\n|\n|\r/g;
    ends.lastIndex = from;
    for (let found = ends.exec(piece); found !== null; found = ends.exec(piece)) {
      yield { text: withoutMark(rest.join('') + piece.slice(from, found.index)), line };
      line += 1;
      rest = [];
      restChars = 0;
      from = ends.lastIndex;
    }
    rest.push(piece.slice(from));
    restChars += piece.length - from;
    if (restChars > MAX_ROW_CHARS)
      throw new ImportError('ROW_TOO_LONG', file, `has more than ${MAX_ROW_CHARS} characters`, { line });
  }
  const last = withoutMark(rest.join(''));
  if (last !== '') yield { text: last, line };
}

function withoutMark(line: string): string {
  return line.startsWith('\uFEFF') ? line.slice(1) : line;
}
