import assert from 'node:assert/strict';
import { briefOutputs } from '../../../workflows/control/brief-outputs.ts';

describe('briefOutputs', () => {
  it('keeps what fits into a line, and cuts long texts', () => {
    const brief = briefOutputs({
      round: 3,
      decision: 'kept',
      ok: true,
      list: [1],
      map: {},
      none: null,
      long: 'x'.repeat(500),
    });
    assert.deepEqual({ ...brief, long: '' }, { round: 3, decision: 'kept', ok: true, long: '' });
    assert.equal(String(brief['long']).length, 200);
  });

  it('is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`output${index}`, index]));
    assert.equal(Object.keys(briefOutputs(many)).length, 20);
  });
});
