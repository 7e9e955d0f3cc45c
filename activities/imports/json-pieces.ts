import { ImportError } from './import-error.ts';
import { MAX_ROW_CHARS } from './rows.ts';

export interface JsonPiece {
  /** One JSON value, or what stands where one should be. */
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** Between values; inside of one; inside of one of its strings. */
type State = 'between' | 'value' | 'string' | 'escape';

/**
 * Cuts a JSON text into the values of its list, or into those that stand one after another, without holding all of it. What
 * stands inside a value is for a parser to judge.
 *
 * @throws ImportError `EMPTY_FILE`, `NOT_JSON` (a comma or bracket too few or too many), `ROW_TOO_LONG`
 */
export async function* jsonPieces(pieces: AsyncIterable<string>, file: string): AsyncGenerator<JsonPiece> {
  let state = 'between' as State;
  let depth = 0;
  let list: 'none' | 'open' | 'closed' = 'none';
  /** What may come between values. */
  let expects = 'first' as 'first' | 'value' | 'separator';
  let line = 1;
  let valueLine = 1;
  let parts: string[] = [];
  let chars = 0;
  let isFirst = true;
  let afterReturn = false;

  const refuse = (what: string, at = line): ImportError =>
    new ImportError('NOT_JSON', file, what, { line: at });
  const endValue = (last: string): JsonPiece => {
    const text = parts.join('') + last;
    parts = [];
    chars = 0;
    state = 'between';
    expects = 'separator';
    isFirst = false;
    return { text, line: valueLine };
  };

  for await (const piece of pieces) {
    let from = 0;
    for (let offset = 0; offset < piece.length; offset += 1) {
      const char = piece[offset] ?? '';
      if (char === '\r' || (char === '\n' && !afterReturn)) line += 1;
      afterReturn = char === '\r';
      if (state === 'escape') state = 'string';
      else if (state === 'string') {
        if (char === '\\') state = 'escape';
        else if (char === '"') {
          state = 'value';
          if (depth === 0) {
            yield endValue(piece.slice(from, offset + 1));
            from = offset + 1;
          }
        }
      } else if (state === 'value') {
        if (char === '"') state = 'string';
        else if (char === '{' || char === '[') depth += 1;
        else if (char === '}' || char === ']') {
          if (depth === 0) {
            // The list's own bracket after a bare word or number.
            yield endValue(piece.slice(from, offset));
            offset -= 1;
            continue;
          }
          depth -= 1;
          if (depth === 0) {
            yield endValue(piece.slice(from, offset + 1));
            from = offset + 1;
          }
        } else if (depth === 0 && /[\s,]/.test(char)) {
          yield endValue(piece.slice(from, offset));
          offset -= 1;
          if (/[\r\n]/.test(char)) {
            line -= 1;
            afterReturn = false;
          }
        }
      } else if (/[\s\uFEFF]/.test(char)) continue;
      else if (list === 'closed') throw refuse('has something after the end of the list');
      else if (char === '[' && list === 'none' && isFirst) {
        list = 'open';
        expects = 'first';
      } else if (char === ']' && list === 'open') {
        if (expects === 'value') throw refuse('ends the list after a comma');
        list = 'closed';
      } else if (char === ',' && list === 'open') {
        if (expects !== 'separator') throw refuse('has a comma where a value is expected');
        expects = 'value';
      } else {
        if (list === 'open' && expects === 'separator') throw refuse('lacks a comma before this value');
        valueLine = line;
        from = offset;
        if (char === '"') state = 'string';
        else {
          state = 'value';
          if (char === '{' || char === '[') depth = 1;
        }
      }
    }
    if (state !== 'between') {
      parts.push(piece.slice(from));
      chars += piece.length - from;
      if (chars > MAX_ROW_CHARS) {
        const what = `begins a value of more than ${MAX_ROW_CHARS} characters`;
        throw new ImportError('ROW_TOO_LONG', file, what, { line: valueLine });
      }
    }
  }
  if (state === 'value' && depth === 0) yield endValue('');
  if (state !== 'between') throw refuse('begins a value that is never ended', valueLine);
  if (list === 'open') throw refuse('has no end: the closing bracket of the list is missing');
  if (list === 'none' && isFirst) throw new ImportError('EMPTY_FILE', file, 'is empty');
}
