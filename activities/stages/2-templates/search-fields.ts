/** What the inputs of the steps of a search for a template have in common. */
import type { JsonSchema } from '../../../definitions/model/types.ts';

export const searchFields = {
  template: {
    type: 'string',
    minLength: 1,
    description: 'The template of the task, with its {{columns}}.',
  },
  round: { type: 'integer', minimum: 0, description: 'Round of the search, from 0.' },
} as const satisfies { readonly [name: string]: JsonSchema };
