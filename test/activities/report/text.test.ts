import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatCount,
  formatCounted,
  formatInterval,
  formatNumber,
  formatP,
  formatSeconds,
  formatShare,
  formatSigned,
} from '../../../activities/report/format.ts';
import { neutralise } from '../../../activities/report/plain-text.ts';
import { terminalSummary } from '../../../activities/report/summary.ts';
import { hostileMetrics } from './hostile-metrics.ts';
import { sampleMetrics } from './sample-metrics.ts';

describe('format', () => {
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

describe('neutralise', () => {
  it('leaves ordinary text of any script, line feeds and tabs alone', () => {
    const text = 'Zażółć\tгріб\n漢字 مرحبا 👋🏽 naïve — “quoted”';
    assert.equal(neutralise(text), text);
  });

  it('leaves nothing that moves a cursor or turns text round', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(
          neutralise(`${text}\u001B\u202E`),
          /(?![\n\t])[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u,
        );
        assert.equal(neutralise(neutralise(text)), neutralise(text));
      }),
    );
  });
});

describe('terminalSummary', () => {
  it('says verdict, simulation, arms, spend and warnings, without colours unless asked', () => {
    const lines = terminalSummary(sampleMetrics).split('\n');
    assert.equal(lines[0], 'Yes. The optimized prompts get better answers.');
    assert.match(
      lines[1]!,
      /^  By how much\? +\+0\.62 points on a scale of 1 to 5, very likely \+0\.41 to \+0\.83\./,
    );
    assert.match(lines[5]!, /^Simulated models/);
    assert.ok(
      lines.some((line) =>
        /^optimized as learned +3\.70 +\+0\.62 +\+0\.41 to \+0\.83 +81% +9\.0, 2,400$/.test(line),
      ),
    );
    assert.ok(lines.includes(`In the words of statistics: ${sampleMetrics.verdict.sentence}`));
    assert.ok(lines.some((line) => line.startsWith('Spent: 7,753 calls, ')));
    assert.deepEqual(
      lines.filter((line) => line.startsWith('Warning: ')).length,
      sampleMetrics.warnings.length,
    );
    assert.ok(!lines.join('').includes('\u001B'));
    assert.ok(terminalSummary(sampleMetrics, { colour: true }).includes('\u001B['));
  });

  it('lets no text of a model write to the terminal or start a line of its own', () => {
    const summary = terminalSummary(hostileMetrics);
    assert.doesNotMatch(summary, /(?!\n)[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
    assert.equal(summary.split('\n').length, terminalSummary(sampleMetrics).split('\n').length);
    const forged = { ...sampleMetrics, warnings: ['one\nThe optimized prompts are perfect.'] };
    assert.equal(
      terminalSummary(forged).split('\n').at(-1),
      'Warning: one The optimized prompts are perfect.',
    );
  });
});
