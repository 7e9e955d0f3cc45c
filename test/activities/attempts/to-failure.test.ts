import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/activity';
import { ActivityError } from '../../../activities/attempts/errors.ts';
import { toFailure } from '../../../activities/attempts/to-failure.ts';

const long = '€'.repeat(1_000_000);

describe('the failure by which Temporal hears of an error', () => {
  it('keeps the code, whether to retry, and the cause of an error of an ordinary size', () => {
    const error = new ActivityError('MODEL_DOWN', 'refused', { retryable: true });
    const { type, message, nonRetryable, cause } = toFailure(error);
    assert.deepEqual(
      { type, message, nonRetryable },
      { type: 'MODEL_DOWN', message: 'refused', nonRetryable: false },
    );
    assert.equal(cause, error);
  });

  it('is small whatever the error: its message, its causes, its stack', () => {
    const errors = [
      new ActivityError('BROKEN', long),
      new Error('short', { cause: new Error(long) }),
      ApplicationFailure.nonRetryable(long, 'BROKEN', { some: 'detail' }),
      ApplicationFailure.nonRetryable('short', 'BROKEN', long),
      long,
    ];
    for (const error of errors) {
      const { message, details, cause } = toFailure(error);
      const stack = cause?.stack ?? '';
      assert.ok(Buffer.byteLength(JSON.stringify([message, details ?? [], stack])) < 200_000);
    }
  });

  it('of its own kind is kept but for what makes it large', () => {
    const { type, nonRetryable, details } = toFailure(
      ApplicationFailure.nonRetryable(long, 'BROKEN', { some: 'detail' }),
    );
    assert.deepEqual(
      { type, nonRetryable, details },
      { type: 'BROKEN', nonRetryable: true, details: [{ some: 'detail' }] },
    );
    const small = ApplicationFailure.retryable('short', 'BROKEN');
    assert.equal(toFailure(small), small);
  });
});
