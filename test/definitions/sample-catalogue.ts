/** A small catalogue of activities for the tests of the checker. */
import type { CheckContext } from '../../definitions/model/check-context.ts';
import type { ActivityContract, JsonSchema } from '../../definitions/model/types.ts';

function object(
  properties: { readonly [name: string]: JsonSchema },
  required = Object.keys(properties),
): JsonSchema {
  return { type: 'object', additionalProperties: false, required, properties };
}

const items = { type: 'array', items: { type: 'string' } };

const contracts: readonly Omit<ActivityContract, 'description' | 'taskQueue'>[] = [
  {
    name: 'makeItems',
    input: object(
      { count: { type: 'integer', minimum: 1, description: 'How many.' }, prefix: { type: 'string' } },
      ['count'],
    ),
    output: object({ count: { type: 'integer' }, share: { type: 'number' }, items }),
  },
  {
    name: 'showItem',
    input: object({ item: { type: 'string' } }),
    output: object({ shown: { type: 'boolean' } }),
    cacheable: 'it shows something',
  },
  {
    name: 'collect',
    input: object({ items, origin: object({ item: { type: 'string' } }), labels: { type: 'object' } }, [
      'items',
    ]),
    output: object({ text: { type: 'string' } }),
  },
  { name: 'doNothing', input: object({}), output: object({}), cacheable: true },
];

export const sampleContext: CheckContext = {
  catalogue: new Map(
    contracts.map((contract) => [contract.name, { ...contract, description: '', taskQueue: 'prose' }]),
  ),
  queues: ['prose', 'gpu-main'],
};
