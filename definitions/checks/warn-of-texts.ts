import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';
import { textsIn } from '../model/walk-json.ts';

/** How other languages write what is `${ … }` here. */
const FOREIGN_EXPRESSION = /\{\{-?\s*(params|tasks|inputs|steps|item)\b|\$(params|tasks)\./;

/** Warning `NO_EXPRESSION`. */
export function* warnOfTexts({ value }: Subject): Generator<Found> {
  for (const { text, at } of textsIn(value)) {
    if (text.includes('${') || !FOREIGN_EXPRESSION.test(text)) continue;
    const message = `'${text.slice(0, 60)}' is taken as it is: there is no expression in it.`;
    yield { code: 'NO_EXPRESSION', message, advice: "Write '${ params.x }' where a value is meant.", at };
  }
}
