import type { Value } from '../../definitions/model/types.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';
import type { Activity } from '../activity.ts';

export interface NoopInput {
  /** Default null. */
  readonly value?: Value;
}

/** Returns what it is given: to try out a definition, or to hold a value that several tasks use. */
export const noop: Activity<NoopInput, { readonly value: Value }> = {
  name: 'noop',
  description: 'Returns its value: to try out a definition, or to hold a value that several tasks use.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: true,
  input: objectSchema({ value: { description: 'Any value; null unless given.' } }, ['value']),
  output: objectSchema({ value: {} }),
  run: async ({ value }) => ({ value: value ?? null }),
};
