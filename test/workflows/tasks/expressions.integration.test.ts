import assert from 'node:assert/strict';
import type { Definition, Tasks } from '../../../definitions/model/types.ts';
import { startEngine, type Engine } from '../../support/engine.ts';

/** Takes all the steps that one evaluation may take. */
const heavy = 'range(100000).exists(x, range(100000).exists(y, y == -1))';
const COUNT = 40;
const ITEMS = 10;

describe('many heavy expressions that are evaluated in one moment', function () {
  this.timeout(400_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  it('fail their tasks by code, and never the workflow task', async () => {
    const named = (prefix: string, task: Tasks[string]): Tasks =>
      Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`${prefix}${index}`, task]));
    const definition: Definition = {
      name: 'heavy-expressions',
      tasks: {
        ...named('when', { when: heavy, wait: { for: '1s' }, onFailure: 'continue' }),
        items: {
          forEach: { in: Array.from({ length: ITEMS }, (_, index) => index), maxFailures: ITEMS },
          activity: 'work',
          with: { value: `\${ ${heavy} }` },
        },
      },
      outputs: { errors: '${ tasks.items.map(item, item.error) }' },
    };
    const run = await engine.start(definition, { work: () => ({}) });
    const text = JSON.stringify(await run.result());
    assert.equal(text.split('EXPRESSION_TOO_LARGE').length - 1, ITEMS, text);
    const { events } = await run.fetchHistory();
    const lost = (events ?? []).filter(
      (event) => event.workflowTaskFailedEventAttributes ?? event.workflowTaskTimedOutEventAttributes,
    );
    assert.deepEqual(lost, []);
  });
});
