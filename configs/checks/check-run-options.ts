/** Checks of the second argument of a run, which the bare `temporal` CLI passes on as it was typed. */
import { didYouMean } from '../../definitions/model/did-you-mean.ts';
import { isFields } from '../../definitions/documents/fields.ts';
import type { ProblemCode } from '../../definitions/documents/problem-codes.ts';
import { OPTIONS, type Problem } from '../../definitions/documents/problem.ts';

/** Each option with what it must be; the parts of a budget are checked by `checkBudget`. */
const KINDS: { readonly [option: string]: 'text' | 'true or false' | 'an object' } = {
  endpoint: 'text',
  model: 'text',
  cache: 'true or false',
  budget: 'an object',
  resume: 'true or false',
  task: 'text',
  plans: 'text',
  project: 'text',
};

/** Problems `UNKNOWN_OPTION` and `WRONG_OPTION`, one for each key. A misspelt option must not leave a run with the configs' models. */
export function checkRunOptions(options: unknown): readonly Problem[] {
  if (!isFields(options)) {
    const message = 'The options of a run are no object.';
    return [problem('', 'WRONG_OPTION', message, `Write for example {"endpoint": "…", "model": "…"}.`)];
  }
  return Object.entries(options).flatMap(([name, value]) => {
    const wanted = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (wanted === undefined) {
      const advice = didYouMean(name, Object.keys(KINDS));
      return [problem(name, 'UNKNOWN_OPTION', `A run has no option '${name}'.`, advice)];
    }
    if (kindOf(value) === wanted) return [];
    const message = `The option '${name}' is ${JSON.stringify(value)}, not ${wanted}.`;
    return [problem(name, 'WRONG_OPTION', message, `Give ${wanted}, or leave it out.`)];
  });
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return isFields(value) ? 'an object' : 'something else';
}

function problem(path: string, code: ProblemCode, message: string, advice: string): Problem {
  return { code, message, advice, file: OPTIONS, line: 1, column: 1, path };
}
