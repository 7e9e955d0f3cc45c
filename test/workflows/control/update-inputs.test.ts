import assert from 'node:assert/strict';
import { whyNoAnswer, whyNoLabels, whyNoTask } from '../../../workflows/control/update-inputs.ts';

describe('the input of an update', () => {
  const takes = (
    why: (input: never) => { type: string } | undefined,
    inputs: readonly unknown[],
  ): readonly boolean[] =>
    inputs.map((input) => {
      const refusal = why(input as never);
      if (refusal !== undefined) assert.equal(refusal.type, 'WRONG_INPUT');
      return refusal === undefined;
    });
  const all = (count: number, value: boolean): readonly boolean[] => Array<boolean>(count).fill(value);

  it('names a task by its path', () => {
    const whyNo = (input: unknown): { type: string } | undefined => whyNoTask('retryTask', input);
    assert.deepEqual(takes(whyNo, [{ task: 'a' }, { task: 'a[0].b', more: 1 }]), all(2, true));
    assert.deepEqual(
      takes(whyNo, [undefined, null, 'a', 1, {}, { task: 1 }, ['a'], { tasks: 'a' }]),
      all(8, false),
    );
    assert.match(whyNoTask('retryTask', 1)?.message ?? '', /^retryTask takes/u);
  });

  it('approves or not, with texts for who says so and why', () => {
    assert.deepEqual(
      takes(whyNoAnswer, [
        { approved: true },
        { approved: false, by: 'me', note: 'because' },
        { approved: true, by: '' },
      ]),
      all(3, true),
    );
    assert.deepEqual(
      takes(whyNoAnswer, [
        {},
        { approved: 'true' },
        { approved: true, by: 1 },
        { approved: true, note: null },
        { by: 'me' },
      ]),
      all(5, false),
    );
  });

  it('tells who has labelled how many', () => {
    const name = 'x'.repeat(200);
    assert.deepEqual(
      takes(whyNoLabels, [
        { labeler: 'ann', labels: 0 },
        { labeler: name, labels: 3, done: false },
      ]),
      all(2, true),
    );
    assert.deepEqual(
      takes(whyNoLabels, [
        { labeler: `${name}x`, labels: 1 },
        { labeler: ' ', labels: 1 },
        { labeler: 1, labels: 1 },
        { labeler: 'ann', labels: -1 },
        { labeler: 'ann', labels: 0.5 },
        { labeler: 'ann', labels: '1' },
        { labeler: 'ann', labels: 1, done: 'yes' },
        { labels: 1 },
        { labeler: 'ann' },
      ]),
      all(9, false),
    );
  });
});
