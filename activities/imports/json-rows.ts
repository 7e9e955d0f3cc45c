import { DuplicateKeyError, parseExactJson, type ExactJson } from './exact-json.ts';
import { ImportError } from './import-error.ts';
import { jsonPieces } from './json-pieces.ts';
import type { ImportedRow, Tally } from './rows.ts';
import { isWellFormed } from '../../definitions/documents/well-formed-text.ts';
import { textLines } from './text-lines.ts';

/**
 * The rows of JSON lines: an object a line, or a text a line.
 *
 * @param textColumn the column of a row that is a bare text.
 * @throws ImportError `NOT_JSON`, `DUPLICATE_KEY`, `NESTED_TOO_DEEPLY`, `NOT_A_ROW`, `BROKEN_UNICODE`, `UNNAMED_COLUMN`, `DUPLICATE_COLUMN`
 */
export async function* jsonLineRows(
  pieces: AsyncIterable<string>,
  file: string,
  tally: Tally,
  textColumn: string,
): AsyncGenerator<ImportedRow> {
  const toRow = rowMaker(file, textColumn);
  for await (const { text, line } of textLines(pieces, file)) {
    if (text.trim() === '') {
      tally.blankLines += 1;
      continue;
    }
    tally.rows += 1;
    yield toRow(text, line);
  }
}

/** The rows of a JSON file: a list of objects or of texts, or objects one after another. Throws as `jsonLineRows`. */
export async function* jsonRows(
  pieces: AsyncIterable<string>,
  file: string,
  tally: Tally,
  textColumn: string,
): AsyncGenerator<ImportedRow> {
  const toRow = rowMaker(file, textColumn);
  for await (const { text, line } of jsonPieces(pieces, file)) {
    tally.rows += 1;
    yield toRow(text, line);
  }
}

function rowMaker(file: string, textColumn: string): (text: string, line: number) => ImportedRow {
  /** Texts and objects are two kinds of file. */
  let kind: 'objects' | 'texts' | undefined;
  const columns = new Map<string, string>();
  return (text, line) => {
    const value = parseRow(text, file, line);
    const found = typeof value === 'string' ? 'texts' : isObject(value) ? 'objects' : undefined;
    if (found === undefined || (kind !== undefined && kind !== found)) {
      const wanted = kind === 'texts' ? 'a text' : 'an object';
      throw new ImportError('NOT_A_ROW', file, `is ${nameOfKind(value)} where ${wanted} is expected`, {
        line,
      });
    }
    kind = found;
    const cells = new Map<string, ExactJson>();
    for (const [key, cell] of typeof value === 'string'
      ? [[textColumn, value] as const]
      : Object.entries(value ?? {})) {
      const column = key.trim();
      if (column === '') throw new ImportError('UNNAMED_COLUMN', file, 'has a key without a name', { line });
      const twin = columns.get(column.toLowerCase());
      if (twin === undefined) columns.set(column.toLowerCase(), column);
      if (cells.has(column) || (twin !== undefined && twin !== column)) {
        const what = `has a key '${key}' where another row, or the same, has '${twin ?? column}'; write it one way`;
        throw new ImportError('DUPLICATE_COLUMN', file, what, { line });
      }
      cells.set(column, cell);
    }
    return { line, cells };
  };
}

function parseRow(text: string, file: string, line: number): ExactJson {
  try {
    const value = parseExactJson(text);
    if (!isWholeText(value)) {
      const what = 'has half of a surrogate pair in a text, which no file can keep';
      throw new ImportError('BROKEN_UNICODE', file, what, { line });
    }
    return value;
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof DuplicateKeyError) throw new ImportError('DUPLICATE_KEY', file, reason, { line });
    if (error instanceof RangeError) throw new ImportError('NESTED_TOO_DEEPLY', file, reason, { line });
    const shown = `is no JSON value: ${reason.slice(0, 300)}`;
    throw new ImportError('NOT_JSON', file, shown, { line, cause: error });
  }
}

/** Whether every text in a value is well formed. */
function isWholeText(value: ExactJson): boolean {
  if (typeof value === 'string') return isWellFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  const entries: readonly (readonly [string, ExactJson])[] = Object.entries(value);
  return entries.every(([key, entry]) => isWellFormed(key) && isWholeText(entry));
}

function isObject(value: ExactJson): value is { readonly [key: string]: ExactJson } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value);
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** What a value is, for people. */
export function nameOfKind(value: ExactJson): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a truth value';
  return isObject(value) ? 'an object' : 'a number';
}
