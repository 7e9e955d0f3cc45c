import type { Subject } from './check.ts';
import type { Found } from '../documents/problem.ts';

/** Problem `NAME_DIFFERS_FROM_FILE`. */
export function* checkFileName({ definition: { name }, file }: Subject): Generator<Found> {
  const fileName = file
    .split(/[\\/]/)
    .at(-1)
    ?.replace(/\.ya?ml$/, '');
  if (name === '' || fileName === name) return;
  const message = `The definition is named '${name}', its file '${fileName}'.`;
  const advice = `Name the definition '${fileName}', or the file '${name}.yaml'.`;
  yield { code: 'NAME_DIFFERS_FROM_FILE', message, advice, at: ['name'] };
}
