import assert from 'node:assert/strict';
import { parseTimestamp } from '../../../definitions/model/timestamp.ts';

describe('parseTimestamp', () => {
  it('reads times with a zone', () => {
    const time = Date.UTC(2027, 0, 31, 7);
    for (const text of [
      '2027-01-31T08:00:00+01:00',
      '2027-01-31T07:00Z',
      '2027-01-31t07:00:00.000z',
      '2027-01-31 07:00:00Z',
    ])
      assert.equal(parseTimestamp(text), time, text);
    assert.equal(parseTimestamp('1970-01-01T00:00Z'), 0);
  });

  it('takes nothing without a zone, and no time that is none', () => {
    for (const text of ['2027-01-31T08:00:00', '2027-01-31', '2027-13-01T00:00Z', '', 'soon', '1'])
      assert.equal(parseTimestamp(text), undefined, text);
  });
});
