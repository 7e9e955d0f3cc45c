import assert from 'node:assert/strict';
import { ActivityError } from '../../../activities/attempts/errors.ts';
import { refusalOf, RefusedRows } from '../../../activities/inference/refused-rows.ts';

type Asked = Parameters<RefusedRows['add']>[0];
const asked = (...errors: readonly (string | null)[]): Asked => ({
  calls: errors.map((error) => ({ error, error_message: error === null ? null : `said ${error}` })),
});

describe('rows whose calls are refused', () => {
  it('are those of which every call was, with what was said last', () => {
    assert.deepEqual(refusalOf(asked('BAD_REQUEST', 'PROMPT_FILTERED')), {
      code: 'PROMPT_FILTERED',
      message: 'said PROMPT_FILTERED',
    });
    assert.equal(refusalOf(asked('BAD_REQUEST', null)), undefined);
    for (const other of ['UNPARSABLE', 'TIMEOUT', 'UNAUTHORIZED'])
      assert.equal(refusalOf(asked(other)), undefined, other);
    assert.equal(
      refusalOf({ calls: [{ error: 'PROMPT_TOO_LONG', error_message: null }] })?.message,
      'PROMPT_TOO_LONG',
    );
  });

  const codeOf = (rows: readonly Asked[], isEnd = true): string | undefined => {
    const refused = new RefusedRows('answers');
    try {
      for (const row of rows) refused.add(row);
      if (isEnd) refused.assertSomeAnswered();
      return undefined;
    } catch (error) {
      if (!(error instanceof ActivityError)) throw error;
      assert.equal(error.retryable, error.code === 'ANSWER_FAILED');
      return error.code;
    }
  };
  const times = (count: number, row: Asked): readonly Asked[] => Array.from({ length: count }, () => row);

  it('end the work at the twentieth where none was answered, and for one reason', () => {
    const refused = asked('ANSWER_FAILED');
    assert.equal(codeOf(times(19, refused), false), undefined);
    assert.equal(codeOf(times(20, refused), false), 'ANSWER_FAILED');
    assert.equal(codeOf([asked(null), ...times(40, refused)]), undefined);
    assert.equal(codeOf([asked('PROMPT_TOO_LONG'), ...times(30, refused)]), undefined);
    assert.equal(codeOf([...times(19, refused), asked()], false), undefined);
  });

  it('end it at the end where there are fewer, but one alone only for the form of its request', () => {
    assert.equal(codeOf(times(2, asked('ANSWER_FAILED'))), 'ANSWER_FAILED');
    assert.equal(codeOf([asked('ANSWER_FAILED')]), undefined);
    assert.equal(codeOf([asked('BAD_REQUEST')]), 'BAD_REQUEST');
    assert.equal(codeOf([]), undefined);
  });
});
