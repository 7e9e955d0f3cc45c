import assert from 'node:assert/strict';
import {
  formatCount,
  formatCounted,
  formatInterval,
  formatNumber,
  formatP,
  formatSeconds,
  formatShare,
  formatSigned,
} from '../../../activities/text/figures.ts';

describe('figures', () => {
  it('writes figures as people read them', () => {
    assert.deepEqual(
      [formatNumber(-0.123), formatNumber(-0.001), formatNumber(2, 0)],
      ['−0.12', '0.00', '2'],
    );
    assert.deepEqual(
      [formatSigned(0.5), formatSigned(-0.5), formatSigned(0.001)],
      ['+0.50', '−0.50', '0.00'],
    );
    assert.deepEqual([formatShare(0.805), formatCount(12345.4)], ['81%', '12,345']);
    assert.deepEqual([formatCounted(1, 'topic'), formatCounted(0, 'topic')], ['1 topic', '0 topics']);
    assert.deepEqual(
      [formatInterval({ low: 0, high: 1 }), formatInterval({ low: null, high: 1 })],
      ['0.00 to 1.00', 'not known'],
    );
    assert.deepEqual([formatP(0.0004), formatP(0.0312), formatP(null)], ['< 0.001', '0.031', 'not known']);
    assert.deepEqual(
      [formatSeconds(4.25), formatSeconds(42), formatSeconds(600), formatSeconds(9000)],
      ['4.3 s', '42 s', '10 min', '2.5 h'],
    );
  });
});
