import assert from 'node:assert/strict';
import type { PendingProgress } from '../../../cli/follow/progress-tracker.ts';
import { RetryLines } from '../../../cli/follow/retry-lines.ts';

const failed = (instance: string, attempt: number): PendingProgress => ({
  instance,
  attempt,
  lastFailure: 'CONNECTION_FAILED: no\n\u001B[2J route',
});

describe('lines about retries', () => {
  it('tell each attempt once, made harmless', () => {
    const lines = new RetryLines();
    const text = (attempt: number): string =>
      `explore[3].answer: attempt ${attempt}, CONNECTION_FAILED: no \u{FFFD}[2J route`;
    assert.deepEqual(lines.update(0, [failed('explore[3].answer', 2)]), [text(2)]);
    assert.deepEqual(lines.update(1_000, [failed('explore[3].answer', 2)]), []);
    assert.deepEqual(lines.update(2_000, [failed('explore[3].answer', 3)]), [text(3)]);
  });

  it('leave out what runs for the first time, or has not failed', () => {
    const pending = [failed('a', 1), { instance: 'b', attempt: 2 }];
    assert.deepEqual(new RetryLines().update(0, pending), []);
  });

  it('are few at a time, and the others come later', () => {
    const lines = new RetryLines();
    const pending = ['a', 'b', 'c', 'd'].map((instance) => failed(instance, 2));
    assert.equal(lines.update(0, pending).length, 3);
    assert.equal(lines.update(1_000, pending).length, 0);
    assert.deepEqual(
      lines.update(5_000, pending).map((line) => line.slice(0, 2)),
      ['d:'],
    );
  });
});
