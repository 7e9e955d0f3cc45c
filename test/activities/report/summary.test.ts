import assert from 'node:assert/strict';
import { terminalSummary } from '../../../activities/report/summary.ts';
import { hostileMetrics } from './hostile-metrics.ts';
import { sampleMetrics } from './sample-metrics.ts';

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
