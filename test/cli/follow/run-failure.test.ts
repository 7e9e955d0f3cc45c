import assert from 'node:assert/strict';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { readFailure } from '../../../cli/follow/run-failure.ts';

const problem = {
  code: 'WRONG_TYPE',
  message: 'm',
  advice: 'a',
  file: 'params',
  path: 'n',
  line: 1,
  column: 1,
};

describe('the failure of a run', () => {
  it('has the type and the problems with which it was refused', () => {
    const refused = ApplicationFailure.nonRetryable('not valid', 'INVALID_PARAMS', problem, 'no problem');
    const activity = new Error('Activity task failed', { cause: refused });
    assert.deepEqual(readFailure(new WorkflowFailedError('failed', activity, 'NON_RETRYABLE_FAILURE')), {
      type: 'INVALID_PARAMS',
      message: 'not valid',
      problems: [problem],
    });
  });

  it('is the innermost error where none has a type', () => {
    assert.deepEqual(readFailure(new Error('outer', { cause: new TypeError('inner') })), {
      type: 'TypeError',
      message: 'inner',
      problems: [],
    });
  });
});
