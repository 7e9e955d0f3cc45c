/** Finds what is too deep or too much to be parsed, before it is. Pure. */
import { Lexer } from 'yaml';
import type { Finding } from './problem.ts';

/** Most maps and lists inside one another. */
export const MAX_DEPTH = 64;
/** Deepest indentation, in columns. */
const MAX_INDENT = 400;
/** Most words, marks and blanks between them: a definition of 10,000 tasks has some 400,000. */
const MAX_LEXEMES = 600_000;

export function tooDeep(): Finding {
  const message = `The document is nested more than ${MAX_DEPTH} deep.`;
  return { code: 'TOO_DEEP', message, advice: 'Nest less.' };
}

function tooMuch(): Finding {
  const message = `The file has more than ${MAX_LEXEMES} words and marks.`;
  return { code: 'FILE_TOO_LARGE', message, advice: 'Move data out of it, or split it.' };
}

/** What the lexer adds to the text's own characters: byte order mark, start of document, error in a list, scalar. */
const MARKS: ReadonlySet<string> = new Set(['\uFEFF', '\u0002', '\u0018', '\u001F']);

/**
 * Where a text passes a bound, as a character from 0: `TOO_DEEP` or `FILE_TOO_LARGE`; undefined if nowhere. Deep nesting
 * overflows the parser's stack and ends the process.
 */
export function findBeyond(text: string): { readonly finding: Finding; readonly offset: number } | undefined {
  let offset = 0;
  let flow = 0;
  let indicators = 0;
  let lexemes = 0;
  let lineStart = true;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES) return { finding: tooMuch(), offset };
    if (lexeme === '[' || lexeme === '{') flow += 1;
    else if (lexeme === ']' || lexeme === '}') flow -= 1;
    else if (flow === 0 && (lexeme === '-' || lexeme === '?' || lexeme === ':')) indicators += 1;
    if (flow > MAX_DEPTH || indicators > 2 * MAX_DEPTH) return { finding: tooDeep(), offset };
    if (lineStart && flow === 0 && lexeme.length > MAX_INDENT && lexeme.trim() === '')
      return { finding: tooDeep(), offset };
    lineStart = lexeme.endsWith('\n');
    if (lineStart) indicators = 0;
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}
