import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { Definition, Tasks, Value } from '../../definitions/model/types.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { saveHistory } from '../support/histories.ts';

const echo = (input: Value): Value => input;

describe('a catch on Temporal', function () {
  this.timeout(120_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  it('handles errors by the tasks of a catch: of a task, of each item, of a group', async () => {
    const fail = (input: Value): Value => {
      throw ApplicationFailure.nonRetryable('as told', (input as { code: string }).code);
    };
    const again: Tasks = { say: { activity: 'echo', with: { error: '${ error }' } } };
    const definition: Definition = {
      name: 'catching',
      tasks: {
        one: { activity: 'fail', with: { code: 'ONE' }, catch: { codes: ['ONE'], tasks: again } },
        each: {
          forEach: { in: ['A', 'B'], maxFailures: 1 },
          activity: 'fail',
          with: { code: '${ item }' },
          catch: { when: "${ error.type == 'A' }", tasks: again, outputs: { item: '${ item }' } },
        },
        group: {
          tasks: {
            done: { activity: 'echo', with: { id: 7 } },
            not: { needs: ['done'], activity: 'fail', with: { code: 'NOT' } },
          },
          catch: {
            codes: ['NOT'],
            tasks: { undo: { activity: 'echo', with: { id: '${ tasks.done.id }', by: '${ error.task }' } } },
          },
        },
        worse: {
          activity: 'fail',
          with: { code: 'BAD' },
          onFailure: 'continue',
          catch: { tasks: { again: { activity: 'fail', with: { code: 'WORSE' } } } },
        },
        say: {
          needs: ['one', 'each', 'group', 'worse'],
          run: 'allSettled',
          activity: 'echo',
          with: {
            one: '${ tasks.one.say.error.type }',
            each: '${ tasks.each.map(e, e.status) }',
            undo: '${ tasks.group.undo }',
            errors: '${ [errors.one.type, errors.group.type, errors.worse.type] }',
          },
        },
      },
      outputs: { said: '${ tasks.say }' },
    };
    const run = await engine.start(definition, { echo, fail });
    assert.deepEqual(await run.result(), {
      said: {
        one: 'ONE',
        each: ['succeeded', 'failed'],
        undo: { id: 7, by: 'group.not' },
        errors: ['ONE', 'NOT', 'CATCH_FAILED'],
      },
    });
    await saveHistory('catching', run);
  });
});
