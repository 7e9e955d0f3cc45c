import assert from 'node:assert/strict';
import { DOMParser } from 'linkedom';
import { renderComparison } from '../../../activities/report/comparison-page.ts';
import { compareRuns } from '../../../activities/report/comparison.ts';
import { comparisonSummary } from '../../../activities/report/summary.ts';
import { hostileMetrics } from './hostile-metrics.ts';
import { sampleMetrics } from './sample-metrics.ts';

describe('compareRuns', () => {
  const untested = {
    ...sampleMetrics,
    run: 'without-a-test',
    seed: sampleMetrics.seed + 1,
    arms: [],
    verdict: { kind: 'no gain', arm: null, sentence: 'No gain: no arm was tested.' },
  } as const;

  it('keeps the order of the runs, and says which models and settings differ', () => {
    const { runs, differences } = compareRuns([untested, sampleMetrics]);
    assert.deepEqual(
      runs.map(({ run }) => run),
      ['without-a-test', sampleMetrics.run],
    );
    assert.deepEqual(differences, [
      { name: 'seed', values: [String(untested.seed), String(sampleMetrics.seed)] },
    ]);
  });

  it('has no gain where no arm was tested, on the page and in the terminal', () => {
    const comparison = compareRuns([untested, sampleMetrics]);
    assert.equal(comparison.runs[0]?.gain, null);
    assert.match(comparisonSummary(comparison), /without-a-test\s+no gain\s+–\s+–\s+–/u);
    const page = new DOMParser().parseFromString(renderComparison(comparison), 'text/html');
    assert.equal(page.querySelectorAll('svg').length, 2);
    assert.equal(page.querySelectorAll('tbody tr').length, 3);
  });

  it('shows no plot when no run tested anything', () => {
    const page = renderComparison(compareRuns([untested, untested]));
    assert.equal(new DOMParser().parseFromString(page, 'text/html').querySelectorAll('svg').length, 0);
  });

  it('makes texts of others harmless', () => {
    const comparison = compareRuns([hostileMetrics, sampleMetrics]);
    const page = renderComparison(comparison);
    assert.doesNotMatch(page, /<script|javascript:|https?:\/\/(?!www\.w3\.org)/iu);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    assert.doesNotMatch(comparisonSummary(comparison), /[\u0000-\u0009\u000B-\u001F]/u);
  });
});
