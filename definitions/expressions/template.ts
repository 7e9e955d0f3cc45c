/**
 * Texts with expressions in them: `${ … }` is an expression, `$${` stands for the characters `${`.
 * Pure; runs inside the workflow sandbox.
 */
import { ExpressionError } from './expression-error.ts';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'expression';
      /** CEL, as written between `${` and `}`. */
      readonly source: string;
      /** Where `source` begins in the whole text (0-based character). */
      readonly start: number;
    };

/** Index of the `}` that closes the expression beginning at `start`; -1 if there is none. Knows CEL's strings and maps. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"' || character === "'") {
      const raw = /[rR][bB]?$/.test(text.slice(Math.max(start, index - 2), index));
      const quote = text.startsWith(character.repeat(3), index) ? character.repeat(3) : character;
      index += quote.length;
      while (index < text.length && !text.startsWith(quote, index))
        index += !raw && text[index] === '\\' ? 2 : 1;
      index += quote.length - 1;
    } else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  return -1;
}

/**
 * Takes a text apart. Adjacent parts never are two texts; an empty text has no parts.
 * Throws `ExpressionError` (`EXPRESSION_SYNTAX`) for `${` without its `}` and for an empty expression.
 */
export function parseTemplate(text: string): readonly TemplatePart[] {
  if (!text.includes('${')) return text === '' ? [] : [{ kind: 'text', text }];
  const parts: TemplatePart[] = [];
  let literal = '';
  let index = 0;
  while (index < text.length) {
    if (text.startsWith('$${', index)) {
      literal += '${';
      index += 3;
    } else if (text.startsWith('${', index)) {
      const start = index + 2;
      const end = closingBrace(text, start);
      const source = end === -1 ? text.slice(start) : text.slice(start, end);
      if (end === -1)
        throw new ExpressionError('EXPRESSION_SYNTAX', source, "'${' is never closed by '}'", 0);
      if (source.trim() === '') throw new ExpressionError('EXPRESSION_SYNTAX', source, 'it is empty', 0);
      if (literal !== '') parts.push({ kind: 'text', text: literal });
      literal = '';
      parts.push({ kind: 'expression', source, start });
      index = end + 1;
    } else {
      literal += text[index];
      index += 1;
    }
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return parts;
}
